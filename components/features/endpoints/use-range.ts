"use client";

import { parseAsIsoDateTime, parseAsStringLiteral, useQueryStates } from "nuqs";
import { RANGES } from "#components/endpoint/time-range.ts";

/** The time range of the page, in its address. */
export const useRange = () =>
  useQueryStates(
    {
      range: parseAsStringLiteral(RANGES).withDefault("15m"),
      from: parseAsIsoDateTime,
      to: parseAsIsoDateTime,
    },
    { history: "replace", clearOnDefault: true },
  );
