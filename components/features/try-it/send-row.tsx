import { Button } from "#components/ui/button.tsx";

type SendRowProps = Readonly<{
  busy: boolean;
  problem: string | null;
  /** Absent: it submits the form around it, as Enter in a field does. */
  onSend?: () => void;
}>;

/** The problem of what was entered stands beside the button that it holds back. */
export const SendRow = ({ busy, problem, onSend }: SendRowProps) => (
  <div className="flex flex-wrap items-center gap-3">
    <Button type={onSend ? "button" : "submit"} busy={busy} refusal={problem} onClick={onSend}>
      {busy ? "Predicting…" : "Predict"}
    </Button>
    {problem ? <p className="text-label text-muted">{problem}</p> : null}
  </div>
);
