import type { Metadata } from "next";
import { IncidentsView } from "#components/features/incidents/incidents-view.tsx";

export const metadata: Metadata = { title: "Incidents" };

export default function Page() {
  return <IncidentsView />;
}
