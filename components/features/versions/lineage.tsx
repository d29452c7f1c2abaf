import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { CopyLine } from "#components/ui/copy-button.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import type { Version } from "./facts.tsx";

const NEAR = 1;

/** Where this version came from: data, code and run, and the versions around it. */
export function Lineage({ version }: { version: Version }) {
  const { source } = version;
  return (
    <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-[160px_1fr]">
      <Item name="Dataset">{source?.dataset ?? <Unsaid member="dataset" />}</Item>
      <Item name="Commit">
        {source?.gitCommit ? <CopyLine text={source.gitCommit} label="Copy commit" /> : <Unsaid member="gitCommit" />}
      </Item>
      <Item name="Run">
        {source?.runUrl ? (
          <a href={source.runUrl} rel="noreferrer noopener" className="break-all text-accent underline">
            {source.runUrl}
          </a>
        ) : (
          <Unsaid member="runUrl" />
        )}
      </Item>
      <Item name="File">
        <CopyLine text={version.artifact} label="Copy digest" />
      </Item>
      <Item name="Registered">
        by {version.createdBy}, <RelativeTime at={version.createdAt} />
      </Item>
      <Item name="Around it">
        <Neighbours model={version.model} version={Number(version.version)} />
      </Item>
    </dl>
  );
}

const Item = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-muted">{name}</dt>
    <dd className="min-w-0 wrap-anywhere max-sm:mb-2">{children}</dd>
  </>
);

const Unsaid = ({ member }: { member: string }) => (
  <span className="text-muted">
    not said; give <code className="font-mono text-label">source.{member}</code> when registering
  </span>
);

function Neighbours({ model, version }: { model: string; version: number }) {
  const trpc = useTRPC();
  const found = useQuery(trpc.model.get.queryOptions({ model }));
  const latest = Number(found.data?.latestVersion ?? version);
  const around = [version - NEAR, version + NEAR].filter((other) => other >= 1 && other <= latest);
  if (around.length === 0) return <span className="text-muted">the only version so far</span>;
  return (
    <span className="inline-flex flex-wrap gap-4">
      {around.map((other) => (
        <Link key={other} href={screenPaths.version(model, String(other))} className="text-accent underline">
          {other < version ? `v${other}, before it` : `v${other}, after it`}
        </Link>
      ))}
    </span>
  );
}
