import type { Metadata } from "next";
import { EnvironmentsView } from "#components/features/settings/environments-view.tsx";

export const metadata: Metadata = { title: "Environments" };

export default function Page() {
  return <EnvironmentsView />;
}
