"use client";

import type { Permission } from "#domain/access/schema.ts";

/** Why the reader may not do this here, and who can; null: may. The server decides again. */
export function useWriteRefusal(_permission: Permission, _kind?: "development" | "production"): string | null {
  return null;
}
