import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { percent } from "#components/ui/traffic-bar.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { versionLabel } from "#domain/shared/version-label.ts";
import type { Overview } from "./overview-type.ts";

type Change = Overview["recentChanges"][number];

const VERBS = {
  revision: "new revision",
  traffic: "traffic",
  rollback: "rollback",
  delete: "deleted",
} as const satisfies Record<Change["kind"], string>;

export function RecentChanges({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return null;
  return (
    <Card title="Recent changes" flush>
      <ol>
        {changes.map((change) => (
          <li
            key={`${change.environment}/${change.endpoint}/${change.number}`}
            className="relative flex min-h-row flex-wrap items-center gap-x-3 gap-y-1 border-t px-4 py-1"
          >
            <Link
              href={screenPaths.endpoint(change.environment, change.endpoint)}
              className="row-target whitespace-nowrap font-medium hover:underline"
            >
              {change.endpoint} #{change.number}
            </Link>
            <span className="whitespace-nowrap text-muted">{VERBS[change.kind]}</span>
            <span className="min-w-0 flex-1 basis-40 truncate">
              {whatChanged(change)}
              {change.reason === "" ? "" : ` · “${change.reason}”`}
            </span>
            {change.status === "pending" || change.status === "failed" ? (
              <Badge tone={change.status === "failed" ? "failing" : "accent"}>{change.status}</Badge>
            ) : null}
            <span className="whitespace-nowrap text-label text-muted">
              {change.decidedBy} · <RelativeTime at={change.decidedAt} />
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** Who has a share then, and the revision that came new, which mostly has none yet. */
function whatChanged({ kind, entries }: Change): string {
  const newest = kind === "revision" ? Math.max(...entries.map(({ revision }) => revision)) : null;
  return entries
    .filter(({ role, weightPercent, revision }) => role === "live" && (weightPercent > 0 || revision === newest))
    .map((entry) => `${versionLabel(entry, entries)} ${percent(entry.weightPercent)}`)
    .join(", ");
}
