"use client";

import { lazy, Suspense } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { useIsFree } from "#components/ui/use-is-free.ts";
import type { ChartPanelProps } from "./chart-panel.tsx";

// The charts' library is as much as half of what else the page fetches.
const ChartPanel = lazy(() => import("./chart-panel.tsx").then((file) => ({ default: file.ChartPanel })));

/** A ChartPanel that is fetched once the page stands and has nothing else to do; its place is kept, so nothing moves. */
export function ChartPanelLater(props: ChartPanelProps) {
  const isFree = useIsFree();
  const place = <div className={classNames("h-61 rounded-card border bg-surface", props.className)} />;
  return isFree ? (
    <Suspense fallback={place}>
      <ChartPanel {...props} />
    </Suspense>
  ) : (
    place
  );
}
