import type { Metadata } from "next";
import { TokensView } from "#components/features/settings/tokens-view.tsx";

export const metadata: Metadata = { title: "Tokens" };

export default function Page() {
  return <TokensView />;
}
