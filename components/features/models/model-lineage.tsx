import { Card } from "#components/ui/card.tsx";
import { Link } from "#components/ui/link.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import type { Version } from "./versions-table.tsx";

const SHOWN = 5;
const COMMIT_SHOWN = 8;

/** From which data, code and run the newest versions came, as far as they say it. */
export function ModelLineage({ versions }: { versions: readonly Version[] }) {
  const said = versions.filter(({ source }) => source !== null && Object.keys(source).length > 0).slice(0, SHOWN);
  if (said.length === 0) return null;
  return (
    <Card title="Lineage" flush>
      <ul>
        {said.map(({ model, version, source }) => (
          <li key={version} className="flex gap-3 border-t px-4 py-2">
            <Link href={`${screenPaths.version(model, version)}?tab=lineage`} className="font-medium hover:underline">
              v{version}
            </Link>
            <p className="min-w-0 flex-1 wrap-anywhere text-muted">
              {[
                source?.dataset ? `data ${source.dataset}` : null,
                source?.gitCommit ? `commit ${source.gitCommit.slice(0, COMMIT_SHOWN)}` : null,
              ]
                .filter((part) => part !== null)
                .join(" · ")}
              {source?.runUrl ? (
                <>
                  {source.dataset || source.gitCommit ? " · " : ""}
                  <a href={source.runUrl} rel="noreferrer noopener" className="text-accent underline">
                    its run
                  </a>
                </>
              ) : null}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
