import { classNames } from "./class-names.ts";

/** The place of something that loads; invisible for the first 200 ms. Give it a size by `className`. */
export const Skeleton = ({ className }: { className?: string }) => (
  <div aria-hidden="true" className={classNames("animate-skeleton rounded-small bg-line", className)} />
);

/** Rows of a table or list that loads. */
export const SkeletonRows = ({ rows = 5 }: { rows?: number }) => (
  <div role="status" aria-label="Loading" className="flex flex-col">
    {Array.from({ length: rows }, (_, row) => row).map((row) => (
      <div key={row} className="flex h-row items-center border-b px-3">
        <Skeleton className="h-3 w-full" />
      </div>
    ))}
  </div>
);
