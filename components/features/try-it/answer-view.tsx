import { Banner } from "#components/ui/banner.tsx";
import { latencyWords } from "#components/ui/quantity-words.ts";
import { RevisionSwatch } from "#components/ui/revision.tsx";
import type { TryAnswer } from "#domain/endpoint/try.ts";
import { type Output, outputsOf, refusalIn, type Score, topOf } from "./answers.ts";

const VALUES_SHOWN_MAX = 12;
const ROWS_SHOWN_MAX = 20;
const OK = 200;

type AnswerProps = Readonly<{
  answer: TryAnswer;
  /** Who answered, by name; null: nobody. */
  from: string | null;
  labels: readonly string[] | null;
}>;

/** What came back, and from whom. */
export function AnswerView({ answer, from, labels }: AnswerProps) {
  const outputs = outputsOf(answer.body);
  return (
    <section
      aria-label={from === null ? "Answer" : `Answer of ${from}`}
      className="flex min-w-0 flex-1 flex-col gap-3"
      aria-live="polite"
    >
      <p className="flex flex-wrap items-center gap-2 text-label text-muted">
        {answer.revision === null || from === null ? null : (
          <span className="inline-flex items-center gap-1.5 font-medium text-ink">
            <RevisionSwatch revision={answer.revision} />
            {from}
          </span>
        )}
        <span>{latencyWords(answer.latencyMs)}</span>
        {answer.plan === null ? null : <span>change #{answer.plan}</span>}
      </p>
      {answer.status === OK && outputs ? (
        outputs.map((output) => <OutputView key={output.name} output={output} labels={labels} />)
      ) : (
        <Banner status="Failing" title={`The endpoint answered ${answer.status}.`}>
          {refusalIn(answer.body) ?? JSON.stringify(answer.body)?.slice(0, 500)}
        </Banner>
      )}
    </section>
  );
}

function OutputView({ output, labels }: { output: Output; labels: readonly string[] | null }) {
  const rows = output.shape.length === 2 ? Math.min(output.shape[0] ?? 1, ROWS_SHOWN_MAX) : 1;
  const tops = Array.from({ length: rows }, (_, row) => topOf(output, labels, row));
  return (
    <div className="flex flex-col gap-2">
      <p className="text-label text-muted">
        {output.name} · {output.datatype} [{output.shape.join(", ")}]
      </p>
      {tops.every((top) => top !== null) ? (
        tops.length === 1 ? (
          <TopScores scores={tops[0] ?? []} />
        ) : (
          <RowScores tops={tops} />
        )
      ) : (
        <p className="break-words font-mono">
          {output.data.slice(0, VALUES_SHOWN_MAX).map(valueWords(output, labels)).join(", ")}
          {output.data.length > VALUES_SHOWN_MAX ? ` … ${output.data.length} values` : ""}
        </p>
      )}
    </div>
  );
}

const TopScores = ({ scores }: { scores: readonly Score[] }) => (
  <ol className="flex flex-col gap-1">
    {scores.map((score, index) => (
      <li key={score.label} className="grid grid-cols-[minmax(48px,30%)_1fr_64px] items-center gap-2">
        <span className={index === 0 ? "truncate font-semibold" : "truncate"}>{score.label}</span>
        <span className="h-2 overflow-hidden rounded-full bg-line">
          <span className="block h-full bg-accent" style={{ width: `${score.share * 100}%` }} />
        </span>
        <span className="text-right tabular-nums">{share(score.share)}</span>
      </li>
    ))}
  </ol>
);

const RowScores = ({ tops }: { tops: readonly (readonly Score[])[] }) => (
  <ol className="flex flex-col gap-1">
    {tops.map((scores, row) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place alone
      <li key={row} className="flex gap-3">
        <span className="w-12 text-muted">row {row + 1}</span>
        <span className="font-semibold">{scores[0]?.label}</span>
        <span className="text-muted">{share(scores[0]?.share ?? 0)}</span>
      </li>
    ))}
  </ol>
);

const share = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;

/** A whole number out of a classifier is a class. */
const valueWords = (output: Output, labels: readonly string[] | null) => (value: Output["data"][number]) => {
  const label = output.datatype.includes("INT") && typeof value === "number" ? labels?.[value] : undefined;
  return label ?? (typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value));
};
