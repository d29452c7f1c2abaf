import type { Metadata } from "next";
import { EndpointList } from "#components/features/endpoints/endpoint-list.tsx";

export const metadata: Metadata = { title: "Endpoints" };

export default function Page() {
  return <EndpointList />;
}
