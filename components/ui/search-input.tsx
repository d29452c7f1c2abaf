import { Search } from "lucide-react";
import type { ComponentProps } from "react";
import { Input } from "./input.tsx";

/** Finds among what the page lists; the width of a phone, or of a name. */
export const SearchInput = (props: Omit<ComponentProps<"input">, "type" | "className">) => (
  <div className="relative w-80 max-w-full max-sm:w-full">
    <Search className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted" aria-hidden />
    <Input {...props} type="search" className="pl-9" />
  </div>
);
