import type { Outputs } from "#components/trpc/outputs.ts";
import { bytesWords } from "#components/ui/quantity-words.ts";
import { bestOf, deltaWords, metricNames, metricWords } from "./metric-words.ts";

export type Compared = Omit<Outputs["version"]["list"]["items"][number], "id">;
type Live = Pick<Outputs["endpoint"]["serving"]["items"][number], "endpoint" | "version" | "role" | "weightPercent">;

export type Line = Readonly<{
  what: string;
  before: string;
  after: string;
  /** "+0.012"; "" where a difference has no number. */
  change: string;
  isSame: boolean;
  /** Which of both is better by a metric; null: neither, or nobody can say. */
  better: "before" | "after" | null;
}>;

const NONE = "–";

/** Where they are live, metrics, inputs and outputs, size, then where they come from and their parameters. */
export function linesOf(older: Compared, newer: Compared, serving: readonly Live[]): Line[] {
  const line = (what: string, of: (version: Compared) => string): Line => {
    const [before, after] = [of(older), of(newer)];
    return { what, before, after, change: "", isSame: before === after, better: null };
  };
  const params = [...new Set([...Object.keys(older.params), ...Object.keys(newer.params)])].sort();
  return [
    line("Live", ({ version }) => liveWords(serving, version)),
    ...metricNames([older, newer]).map((name) => metricLine(name, older, newer)),
    line("Inputs", ({ signature }) => tensors(signature?.inputs)),
    line("Outputs", ({ signature }) => tensors(signature?.outputs)),
    { ...line("Size", ({ sizeBytes }) => bytesWords(sizeBytes)), change: sizeChange(older.sizeBytes, newer.sizeBytes) },
    line("Aliases", ({ aliases }) => aliases.join(", ") || NONE),
    line("Status", ({ status }) => status),
    line("File", ({ artifact }) => artifact.slice("sha256:".length, "sha256:".length + 12)),
    line("Dataset", ({ source }) => source?.dataset ?? NONE),
    line("Commit", ({ source }) => source?.gitCommit ?? NONE),
    line("Author", ({ createdBy }) => createdBy),
    ...params.map((name) => line(name, (version) => paramWords(version.params[name]))),
  ];
}

function metricLine(name: string, older: Compared, newer: Compared): Line {
  const [before, after] = [older.metrics[name], newer.metrics[name]];
  const words = (value: number | undefined) => (value === undefined ? NONE : metricWords(value));
  const best = bestOf([older, newer], name);
  return {
    what: name,
    before: words(before),
    after: words(after),
    change: before === undefined || after === undefined ? "" : deltaWords(after, before),
    isSame: before === after,
    better: best === null ? null : best === before ? "before" : "after",
  };
}

function liveWords(serving: readonly Live[], version: string): string {
  const here = serving.filter((entry) => entry.version === version);
  const words = here.map(
    ({ endpoint, role, weightPercent }) =>
      `${endpoint} ${role === "shadow" ? "shadow " : ""}${Number(weightPercent.toFixed(2))} %`,
  );
  return words.join(", ") || NONE;
}

const sizeChange = (before: number, after: number): string =>
  before === 0 || before === after
    ? ""
    : `${after > before ? "+" : "−"}${percentWords(Math.abs(after - before) / before)}`;

const percentWords = (ratio: number): string => `${Number((ratio * 100).toPrecision(2))} %`;

const paramWords = (value: unknown): string =>
  value === undefined ? NONE : typeof value === "string" ? value : JSON.stringify(value);

const tensors = (specs: readonly { name: string; datatype: string; shape: readonly number[] }[] | undefined): string =>
  specs?.map(({ name, datatype, shape }) => `${name} ${datatype} [${shape.join(", ")}]`).join("; ") ?? NONE;
