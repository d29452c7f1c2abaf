import type { Metadata } from "next";
import { OverviewView } from "#components/features/overview/overview-view.tsx";

export const metadata: Metadata = { title: "Overview" };

export default function Page() {
  return <OverviewView />;
}
