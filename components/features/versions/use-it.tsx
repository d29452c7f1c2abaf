"use client";

import { useState } from "react";
import type { Outputs } from "#components/trpc/outputs.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { type Snippet, snippets } from "./commands.ts";
import type { Version } from "./facts.tsx";

export type Serving = Outputs["endpoint"]["serving"]["items"][number];

/** `places`: where it is deployed; undefined: not known. */
type UseItProps = Readonly<{ version: Version; places: readonly Serving[] | undefined }>;

/** What an application sends; before the first deploy with a name to fill in. */
export function UseIt({ version, places }: UseItProps) {
  const [language, setLanguage] = useState<Snippet["language"]>("curl");
  if (version.status === "registered" || version.status === "failed")
    return <EmptyState sentence="This version cannot be served, so no application can ask it." />;
  const serving = places?.[0];
  const all = snippets(
    serving?.url ?? "http://GATEWAY/ENDPOINT",
    serving?.endpoint ?? "ENDPOINT",
    version.exampleInput,
  );
  return (
    <div className="flex flex-col gap-3">
      {serving ? null : (
        <p className="text-muted">
          {places === undefined
            ? "Where it is deployed is not known now: fill in the endpoint's address."
            : "It is not deployed yet: fill in the endpoint's address once it is."}
        </p>
      )}
      <Tabs
        label="Languages"
        value={language}
        onValueChange={setLanguage}
        tabs={all.map((snippet) => ({
          value: snippet.language,
          label: snippet.language,
          content: (
            <div data-copied="" className="relative rounded-control border bg-page">
              <div className="absolute top-1 right-1 flex items-center rounded-control bg-page">
                <CopyButton text={snippet.code} label={`Copy ${snippet.language}`} />
              </div>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
              <pre tabIndex={0} className="overflow-x-auto p-3 pr-12 font-mono text-label">
                {snippet.code}
              </pre>
            </div>
          ),
        }))}
      />
      <p className="text-label text-muted">
        x-unit-id keeps a user on the same version while traffic is shared. The address is open to whoever reaches it.
      </p>
    </div>
  );
}
