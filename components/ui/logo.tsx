import { classNames } from "./class-names.ts";

/** A hull on its way down to the water. */
export const Logo = ({ className }: { className?: string }) => (
  <svg viewBox="0 0 24 24" className={classNames("size-6 shrink-0 text-accent", className)} aria-hidden="true">
    <path d="M2 9.5 22 15l-2.2 3.2a3 3 0 0 1-3.3 1.2L6.6 16.700A6 6 0 0 1 2.200 11.500Z" fill="currentColor" />
    <path d="M11 10.500V3l6 8.800Z" fill="currentColor" opacity="0.6" />
    <path d="M2 22h20" stroke="currentColor" strokeWidth="1.500" />
  </svg>
);
