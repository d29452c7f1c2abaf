"use client";

import { useId } from "react";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";

export type Found = Readonly<{ value: string; label: string }>;

type SearchChoiceProps = Readonly<{
  label: string;
  placeholder?: string;
  search: string;
  onSearch: (search: string) => void;
  /** What matches, as the server found it; undefined: not answered yet. */
  found: readonly Found[] | undefined;
  /** Whether more match than are shown. */
  hasMore: boolean;
  value: string | undefined;
  onValueChange: (value: string) => void;
}>;

/** One of many: what matches is asked of the server while somebody types, so none is out of reach. */
export function SearchChoice(props: SearchChoiceProps) {
  const { label, placeholder = "Part of its name", search, onSearch, found, hasMore, value, onValueChange } = props;
  const name = useId();
  return (
    <div className="flex flex-col gap-2">
      <Field label={label} hint={hintOf(found, hasMore)}>
        <Input
          type="search"
          value={search}
          placeholder={placeholder}
          spellCheck={false}
          onChange={(event) => onSearch(event.target.value)}
        />
      </Field>
      {found && found.length > 0 ? (
        <div role="radiogroup" aria-label={label} className="max-h-60 overflow-y-auto rounded-control border">
          {found.map((option) => (
            <label
              key={option.value}
              className="flex min-h-row cursor-pointer items-center gap-2 border-b px-3 last:border-b-0 hover:bg-hover max-sm:min-h-12"
            >
              <input
                type="radio"
                name={name}
                className="accent-accent"
                checked={option.value === value}
                onChange={() => onValueChange(option.value)}
              />
              <span className="min-w-0 truncate">{option.label}</span>
            </label>
          ))}
        </div>
      ) : null}
    </div>
  );
}

function hintOf(found: readonly Found[] | undefined, hasMore: boolean): string | undefined {
  if (found?.length === 0) return "Nothing is found by that.";
  return hasMore ? "There are more: type more." : undefined;
}
