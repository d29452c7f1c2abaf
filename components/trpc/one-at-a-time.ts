import type { OperationResultObservable, TRPCLink } from "@trpc/client";
import { observable, share } from "@trpc/server/observable";
import type { AppRouter } from "#server/api/root.ts";

type Answer = OperationResultObservable<AppRouter, unknown>;

/**
 * A change that is asked for again, word for word, while it is under way is made once, and both get its answer: a
 * second press may come before the button is drawn as busy, and one version, person or token would become two.
 */
export const oneAtATime: TRPCLink<AppRouter> = () => {
  const underWay = new Map<string, Answer>();
  return ({ op, next }) => {
    if (op.type !== "mutation") return next(op);
    const key = JSON.stringify([op.path, op.input]);
    const same = underWay.get(key);
    if (same !== undefined) return same;
    const answer: Answer = observable<never, never>((observer) => {
      const asked = next(op).subscribe(observer as object);
      return () => {
        underWay.delete(key);
        asked.unsubscribe();
      };
    }).pipe(share());
    underWay.set(key, answer);
    return answer;
  };
};
