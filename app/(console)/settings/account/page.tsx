import type { Metadata } from "next";
import { AccountView } from "#components/features/settings/account-view.tsx";

export const metadata: Metadata = { title: "Your account" };

export default function Page() {
  return <AccountView />;
}
