import type { Metadata } from "next";
import { PeopleView } from "#components/features/settings/people-view.tsx";

export const metadata: Metadata = { title: "People" };

export default function Page() {
  return <PeopleView />;
}
