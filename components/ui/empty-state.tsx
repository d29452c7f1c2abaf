import type { ReactNode } from "react";
import { CopyLine } from "./copy-button.tsx";

type EmptyStateProps = Readonly<{
  /** One sentence. */
  sentence: string;
  /** One button. */
  action?: ReactNode;
  command?: string;
  /** A file or a page to try with. */
  sample?: ReactNode;
}>;

export const EmptyState = ({ sentence, action, command, sample }: EmptyStateProps) => (
  <div className="flex flex-col items-center gap-4 px-4 py-12 text-center">
    <p className="max-w-120 text-muted">{sentence}</p>
    {action}
    {command ? <CopyLine text={command} label="Copy command" className="max-w-full text-left" /> : null}
    {sample ? <p className="text-label text-muted">{sample}</p> : null}
  </div>
);
