import { Button } from "#components/ui/button.tsx";

/** The problem of what was entered stands beside the button that it holds back. */
export const SendRow = ({ busy, problem, onSend }: { busy: boolean; problem: string | null; onSend: () => void }) => (
  <div className="flex flex-wrap items-center gap-3">
    <Button busy={busy} refusal={problem} onClick={onSend}>
      {busy ? "Predicting…" : "Predict"}
    </Button>
    {problem ? <p className="text-label text-muted">{problem}</p> : null}
  </div>
);
