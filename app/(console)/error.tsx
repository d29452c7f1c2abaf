"use client";

import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";

export default function Failed({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  return (
    <Banner
      status="Failing"
      title="This screen could not be drawn."
      actions={<Button onClick={retry}>Try again</Button>}
    >
      Nothing you saved is lost, and predictions go on.
      {error.digest ? <> The log has it as {error.digest}.</> : null}
    </Banner>
  );
}
