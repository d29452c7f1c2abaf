/** Keys as pressed: ["⌘", "K"]. */
export const KeyHint = ({ keys }: { keys: readonly string[] }) => (
  <span className="inline-flex gap-0.5" aria-hidden="true">
    {keys.map((key) => (
      <kbd
        key={key}
        className="inline-flex h-5 min-w-5 items-center justify-center rounded-small border px-1 font-sans text-label text-muted"
      >
        {key}
      </kbd>
    ))}
  </span>
);
