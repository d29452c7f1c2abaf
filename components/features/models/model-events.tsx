import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/client.tsx";
import type { Outputs } from "#components/trpc/outputs.ts";
import { Card } from "#components/ui/card.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { actionWords } from "#domain/audit/words.ts";
import { screenPaths } from "#domain/shared/screen-paths.ts";

type Entry = Outputs["audit"]["list"]["items"][number];

const SHOWN = 8;

/** What was done to a model and its versions, newest first. Where they cannot be read there is no card. */
export function ModelEvents({ model }: { model: string }) {
  const trpc = useTRPC();
  const events = useQuery(trpc.audit.list.queryOptions({ model, limit: SHOWN }));
  const rows = events.data?.items ?? [];
  if (rows.length === 0) return null;
  return (
    <Card
      title="Events"
      flush
      actions={
        <Link
          href={`${screenPaths.audit}?q=${encodeURIComponent(model)}`}
          className="text-accent text-label underline max-sm:py-3"
        >
          All in the audit log
        </Link>
      }
    >
      <ol>
        {rows.map((row) => (
          <li key={row.id} className="flex flex-wrap items-baseline gap-x-2 border-t px-4 py-2">
            <EventWords row={row} />
            <RelativeTime at={row.at} className="whitespace-nowrap text-label text-muted" />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function EventWords({ row }: { row: Entry }) {
  const { verb, more } = actionWords(row);
  return (
    <p className="min-w-0 flex-1 basis-48 break-words">
      <span className="font-medium">{row.actor.name}</span> <span className="text-muted">{verb}</span>{" "}
      {row.subject.name} <span className="text-muted">{more}</span>
    </p>
  );
}
