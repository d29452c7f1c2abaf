import { Link } from "#components/ui/link.tsx";

export default function NotFound() {
  return (
    <div className="mx-auto flex max-w-120 flex-col items-center gap-4 py-16 text-center">
      <h1 className="font-semibold text-title">There is nothing at this address.</h1>
      <p className="text-muted">It may have been deleted, or the address may be mistyped.</p>
      <Link href="/" className="text-accent underline">
        To the overview
      </Link>
    </div>
  );
}
