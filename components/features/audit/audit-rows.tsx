import { Bot, CircleUser, KeyRound } from "lucide-react";
import type { Outputs } from "#components/trpc/outputs.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { actionWords, type Difference, differences } from "#domain/audit/words.ts";

type Entry = Outputs["audit"]["list"]["items"][number];

const ACTORS: Readonly<Record<string, typeof Bot>> = { user: CircleUser, token: KeyRound, system: Bot };
const SHOWN_MAX = 3;

export const AuditRows = ({ rows }: { rows: readonly Entry[] }) => (
  <ol>
    {rows.map((row) => (
      <AuditRow key={row.id} row={row} />
    ))}
  </ol>
);

function AuditRow({ row }: { row: Entry }) {
  const Icon = ACTORS[row.actor.kind] ?? Bot;
  const changed = differences(row.before, row.after);
  const { verb, more } = actionWords(row);
  return (
    <li className="border-b px-4 py-2 last:border-b-0">
      <div className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
        <Icon className="size-4 self-center text-muted" role="img" aria-label={row.actor.kind} />
        <p className="min-w-0 flex-1 basis-60 break-words">
          <span className="font-medium">{row.actor.name}</span> <span className="text-muted">{verb}</span>{" "}
          <span className="font-medium" title={row.subject.name}>
            {shortened(row.subject.name)}
          </span>
          {more === "" ? null : <span className="text-muted"> {more}</span>}
          {row.reason === "" ? null : <span className="text-muted"> · “{row.reason}”</span>}
        </p>
        <RelativeTime at={row.at} className="whitespace-nowrap text-label text-muted" />
      </div>
      {changed.length === 0 ? null : (
        <details className="mt-1 pl-6 text-label">
          <summary className="cursor-pointer text-muted max-sm:py-3">{summaryOf(changed)}</summary>
          <table className="mt-2 w-full border-collapse">
            <thead className="text-left text-muted">
              <tr>
                <th scope="col" className="w-1/5 py-1 font-medium">
                  What
                </th>
                <th scope="col" className="w-2/5 py-1 font-medium">
                  Before
                </th>
                <th scope="col" className="w-2/5 py-1 font-medium">
                  After
                </th>
              </tr>
            </thead>
            <tbody>
              {changed.map(({ field, before, after }) => (
                <tr key={field} className="border-t align-top">
                  <th scope="row" className="py-1 pr-2 text-left font-medium">
                    {field}
                  </th>
                  <Value text={before} />
                  <Value text={after} />
                </tr>
              ))}
            </tbody>
          </table>
          <p className="mt-2 text-muted">
            <time dateTime={row.at}>{row.at}</time> · {row.action} · request{" "}
            <span className="break-all font-mono">{row.requestId}</span>
          </p>
        </details>
      )}
    </li>
  );
}

const Value = ({ text }: { text: string | null }) => (
  <td className="py-1 pr-2">
    {text === null ? <span className="text-muted">–</span> : <code className="break-all font-mono">{text}</code>}
  </td>
);

const summaryOf = (changed: readonly Difference[]): string => {
  const names = changed.slice(0, SHOWN_MAX).map(({ field }) => field);
  const more = changed.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");
};

/** A digest by its beginning, which is enough to tell two apart. */
const shortened = (name: string): string => name.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}$/, "$1…");
