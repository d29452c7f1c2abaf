import type { Metadata } from "next";
import { ModelView } from "#components/features/models/model-view.tsx";

type PageProps = Readonly<{ params: Promise<{ model: string }> }>;

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).model) };
}

export default async function Page({ params }: PageProps) {
  return <ModelView model={decodeURIComponent((await params).model)} />;
}
