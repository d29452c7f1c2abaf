"use client";

import { X } from "lucide-react";
import { RANGES } from "#components/endpoint/time-range.ts";
import { Button } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { clockWords } from "#components/ui/time-words.ts";
import { useRange } from "./use-range.ts";

/** The range of all charts of the page. A fixed one comes by a link, and is left here. */
export function RangeChoice() {
  const [{ range, from, to }, set] = useRange();
  const now = new Date();
  return (
    <div className="flex items-center gap-2">
      {from === null ? null : (
        <Button size="small" onClick={() => void set({ from: null, to: null })}>
          {clockWords(from, now)}–{to === null ? "now" : clockWords(to, now)}
          <X aria-label="Leave this range" />
        </Button>
      )}
      <fieldset className="flex overflow-hidden rounded-control border border-edge bg-surface" aria-label="Time range">
        {RANGES.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={from === null && range === name}
            onClick={() => void set({ range: name, from: null, to: null })}
            className={classNames(
              "h-7 border-edge border-r px-2 text-label -outline-offset-2 last:border-r-0 hover:bg-hover max-sm:h-11 max-sm:px-3",
              from === null && range === name && "bg-hover font-semibold text-accent",
            )}
          >
            {name}
          </button>
        ))}
      </fieldset>
    </div>
  );
}
