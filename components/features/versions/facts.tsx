import type { ReactNode } from "react";
import type { Outputs } from "#components/trpc/outputs.ts";
import { CopyLine } from "#components/ui/copy-button.tsx";
import { bytesWords } from "#components/ui/quantity-words.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";

export type Version = Outputs["version"]["get"];

export const Facts = ({ version }: { version: Version }) => (
  <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-[160px_1fr]">
    <Fact name="Artifact">
      <CopyLine text={version.artifact} label="Copy digest" />
    </Fact>
    <Fact name="Size">{bytesWords(version.sizeBytes)}</Fact>
    <Fact name="Format">{version.format.toUpperCase()}</Fact>
    <Fact name="Registered">
      by {version.createdBy}, <RelativeTime at={version.createdAt} />
    </Fact>
    {version.tags.length > 0 ? <Fact name="Tags">{version.tags.join(", ")}</Fact> : null}
    {version.labels ? <Fact name="Labels">{shortened(version.labels)}</Fact> : null}
    {version.featureNames ? <Fact name="Features">{shortened(version.featureNames)}</Fact> : null}
    {Object.entries(version.params).map(([name, value]) => (
      <Fact key={name} name={name}>
        <span className="break-all">{typeof value === "string" ? value : JSON.stringify(value)}</span>
      </Fact>
    ))}
  </dl>
);

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-muted">{name}</dt>
    <dd className="min-w-0 wrap-anywhere max-sm:mb-2">{children}</dd>
  </>
);

const NAMES_SHOWN_MAX = 40;
const shortened = (names: readonly string[]): string =>
  names.length <= NAMES_SHOWN_MAX
    ? names.join(", ")
    : `${names.slice(0, NAMES_SHOWN_MAX).join(", ")} and ${names.length - NAMES_SHOWN_MAX} more`;
