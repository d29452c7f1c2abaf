import type { ReactNode } from "react";

type FactsProps = Readonly<{ facts: readonly (readonly [term: string, value: ReactNode])[] }>;

/** What is known of a thing, in as many columns as there is room for. */
export const Facts = ({ facts }: FactsProps) => (
  <dl className="grid grid-cols-[repeat(auto-fill,minmax(180px,1fr))] gap-4">
    {facts.map(([term, value]) => (
      <div key={term} className="min-w-0">
        <dt className="text-label text-muted">{term}</dt>
        <dd className="wrap-anywhere">{value}</dd>
      </div>
    ))}
  </dl>
);
