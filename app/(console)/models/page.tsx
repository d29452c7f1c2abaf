import type { Metadata } from "next";
import { ModelsView } from "#components/features/models/models-view.tsx";

export const metadata: Metadata = { title: "Models" };

export default function Page() {
  return <ModelsView />;
}
