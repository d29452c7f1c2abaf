import type { Metadata } from "next";
import { EndpointPage } from "#components/features/endpoints/endpoint-page.tsx";
import { TryIt } from "./try-it.tsx";

type Params = Readonly<{ params: Promise<{ environment: string; endpoint: string }> }>;

const named = async ({ params }: Params) => {
  const { environment, endpoint } = await params;
  return { environment: decodeURIComponent(environment), endpoint: decodeURIComponent(endpoint) };
};

export async function generateMetadata(props: Params): Promise<Metadata> {
  return { title: (await named(props)).endpoint };
}

export default async function Page(props: Params) {
  const at = await named(props);
  return <EndpointPage {...at} tryIt={<TryIt {...at} />} />;
}
