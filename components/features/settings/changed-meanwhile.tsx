import type { Failure } from "#components/trpc/failure.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";

type ChangedMeanwhileProps = Readonly<{ failure: Failure; onGoOn: (generation: number) => void }>;

/** Somebody was faster: who and when; what was typed stays, to be saved on top or given up. */
export function ChangedMeanwhile({ failure, onGoOn }: ChangedMeanwhileProps) {
  const { generation, updatedBy, updatedAt } = failure.detail;
  if (failure.code !== "changed_meanwhile" || typeof generation !== "number" || typeof updatedAt !== "string")
    return null;
  return (
    <Banner
      status="Degraded"
      title={
        <>
          {String(updatedBy)} changed this <RelativeTime at={updatedAt} />.
        </>
      }
    >
      <p>Your input is kept; nothing was saved.</p>
      <Button className="mt-3" onClick={() => onGoOn(generation)}>
        Keep mine, on top of it
      </Button>
    </Banner>
  );
}
