import type { Metadata } from "next";
import { VersionTryIt } from "#components/features/try-it/version-try-it.tsx";
import { VersionView } from "#components/features/versions/version-view.tsx";

type PageProps = Readonly<{ params: Promise<{ model: string; version: string }> }>;

const named = async ({ params }: PageProps) => {
  const { model, version } = await params;
  return { model: decodeURIComponent(model), version: decodeURIComponent(version) };
};

export async function generateMetadata(props: PageProps): Promise<Metadata> {
  const { model, version } = await named(props);
  return { title: `${model} v${version}` };
}

export default async function Page(props: PageProps) {
  const at = await named(props);
  return <VersionView {...at} tryIt={<VersionTryIt {...at} />} />;
}
