"use client";

import { Dialog } from "#components/ui/dialog.tsx";
import { KeyHint } from "#components/ui/key-hint.tsx";
import { NAV_BELOW, NAV_MAIN } from "./nav-items.ts";

const SHORTCUTS: readonly Readonly<{ keys: readonly string[]; does: string }>[] = [
  { keys: ["⌘", "K"], does: "Jump to anything, or do it (Ctrl K where there is no ⌘)" },
  ...[...NAV_MAIN, ...NAV_BELOW].map(({ key, label }) => ({ keys: ["g", key], does: `Go to ${label}` })),
  { keys: ["j"], does: "Next row of a list" },
  { keys: ["k"], does: "Row before it" },
  { keys: ["?"], does: "This list" },
];

export const ShortcutHelp = ({ onClose }: { onClose: () => void }) => (
  <Dialog open onOpenChange={(open) => !open && onClose()} title="Keys">
    <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2">
      {SHORTCUTS.map(({ keys, does }) => (
        <div key={does} className="contents">
          <dt>
            <span className="sr-only">{keys.join(" then ")}</span>
            <KeyHint keys={keys} />
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  </Dialog>
);
