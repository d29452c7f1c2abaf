import type { Metadata } from "next";
import { ClustersView } from "#components/features/settings/clusters-view.tsx";

export const metadata: Metadata = { title: "Clusters" };

export default function Page() {
  return <ClustersView />;
}
