"use client";

import { createContext, type ReactNode, useContext } from "react";
import type { Permission, Role } from "#domain/access/schema.ts";
import { refusalOf } from "#domain/access/words.ts";

export type Account = Readonly<{ id: string; name: string; email: string; role: Role }>;

const AccountContext = createContext<Account | null>(null);

/** Who looks at the screens below; null: nobody signed in, who may do nothing. */
export const AccountProvider = ({ account, children }: { account: Account | null; children: ReactNode }) => (
  <AccountContext.Provider value={account}>{children}</AccountContext.Provider>
);

export const useAccount = (): Account | null => useContext(AccountContext);

/**
 * Why the reader may not do this, and who can; null: may. For a Button's `refusal`. `kind` is the environment's, where
 * it happens in one. The server decides again.
 */
export function useRefusal(permission: Permission, kind?: "development" | "production"): string | null {
  const account = useAccount();
  return account === null ? "Sign in to do this." : refusalOf(account.role, permission, kind);
}
