import type { Metadata } from "next";
import { IncidentPage } from "#components/features/incidents/incident-page.tsx";

export const metadata: Metadata = { title: "Incident" };

export default async function Page({ params }: { params: Promise<{ incident: string }> }) {
  return <IncidentPage id={decodeURIComponent((await params).incident)} />;
}
