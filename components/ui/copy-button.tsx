"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";

const SHOWN_MS = 1_500;

/** `label` names what is copied: "Copy address". The text itself is shown beside it, in the nearest `data-copied`. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [outcome, setOutcome] = useState<"copied" | "refused" | null>(null);
  useEffect(() => {
    if (outcome !== "copied") return;
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const isCopied = outcome === "copied";
  return (
    <>
      {outcome === "refused" ? (
        <span role="alert" className="max-w-40 shrink-0 py-1 text-degraded text-label">
          Not copied. It is selected: copy it by hand.
        </span>
      ) : null}
      <Button
        look="quiet"
        size="icon"
        aria-label={isCopied ? "Copied" : label}
        onClick={({ currentTarget }) => {
          const shown = currentTarget.closest("[data-copied]")?.querySelector("code, pre");
          void copy(text, shown).then((done) => setOutcome(done ? "copied" : "refused"));
        }}
      >
        {isCopied ? <Check aria-hidden className="text-healthy" /> : <Copy aria-hidden className="text-muted" />}
      </Button>
    </>
  );
}

/** A command or an address in one line, with its copy button. */
export const CopyLine = ({ text, label, className }: { text: string; label?: string; className?: string }) => (
  <div
    data-copied=""
    className={classNames("flex min-w-0 items-center gap-1 rounded-control border bg-page pl-3", className)}
  >
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

/** False: the browser refused, and what is shown is left selected. */
async function copy(text: string, shown: Element | null | undefined): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text, shown);
  }
}

/** Over plain http on another host than this one, browsers offer no clipboard, only to copy what is selected. */
function copySelected(text: string, shown: Element | null | undefined): boolean {
  const selection = window.getSelection();
  if (shown) selection?.selectAllChildren(shown);
  const asItIs = (event: ClipboardEvent) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
  };
  document.addEventListener("copy", asItIs);
  const done = document.execCommand("copy");
  document.removeEventListener("copy", asItIs);
  if (done) selection?.removeAllRanges();
  return done;
}
