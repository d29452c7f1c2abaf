import type { Metadata } from "next";
import { RightsView } from "#components/features/settings/rights-view.tsx";

export const metadata: Metadata = { title: "Rights" };

export default function Page() {
  return <RightsView />;
}
