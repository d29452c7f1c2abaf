"use client";

import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { failureOf } from "./failure.ts";

type Asked = Readonly<{ isError: boolean; error: unknown; data: unknown; refetch: () => unknown }>;
type UnreadProps = Readonly<{ query: Asked; what: string }>;

/** Over what was read before and cannot be read again, which stays with all that was typed into it; or in its place. */
export const Unread = ({ query, what }: UnreadProps) =>
  query.isError ? (
    <Banner
      status="Unknown"
      title={query.data === undefined ? `${what} cannot be read now.` : "This is old: it cannot be renewed now."}
      actions={<Button onClick={() => void query.refetch()}>Try again</Button>}
    >
      {failureOf(query.error).message} Predictions go on.
    </Banner>
  ) : null;
