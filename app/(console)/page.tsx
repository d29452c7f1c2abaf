import { PageHeader } from "#components/ui/page-header.tsx";

export default function Page() {
  return <PageHeader title="Overview" />;
}
