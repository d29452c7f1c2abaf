import type { Metadata } from "next";
import { SystemView } from "#components/features/settings/system-view.tsx";

export const metadata: Metadata = { title: "System" };

export default function Page() {
  return <SystemView />;
}
