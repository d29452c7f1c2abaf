"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";

const SHOWN_MS = 1_500;

/** `label` names what is copied: "Copy address". */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button
      look="quiet"
      size="icon"
      aria-label={copied ? "Copied" : label}
      onClick={() => void copy(text).then(() => setCopied(true))}
    >
      {copied ? <Check aria-hidden className="text-healthy" /> : <Copy aria-hidden className="text-muted" />}
    </Button>
  );
}

/** A command or an address in one line, with its copy button. */
export const CopyLine = ({ text, label, className }: { text: string; label?: string; className?: string }) => (
  <div className={classNames("flex min-w-0 items-center gap-1 rounded-control border bg-page pl-3", className)}>
    <code
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="min-w-0 flex-1 overflow-x-auto whitespace-nowrap py-1 font-mono text-label"
    >
      {text}
    </code>
    <CopyButton text={text} label={label ?? "Copy"} />
  </div>
);

async function copy(text: string): Promise<void> {
  // Over plain http on another host than this one, browsers offer no clipboard.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
