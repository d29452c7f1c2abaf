import { DomainError } from "#domain/shared/errors.ts";

/**
 * Lets `atOnce` through and `waitingMax` wait. Resolves to what must be called on leaving.
 * Throws `unavailable` when too many wait.
 */
export function createTurnstile(atOnce: number, waitingMax: number): () => Promise<() => void> {
  let inside = 0;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) inside -= 1;
    else next();
  };
  return async () => {
    if (inside < atOnce) inside += 1;
    else if (waiting.length >= waitingMax)
      throw new DomainError("unavailable", "Too many models are being inspected. Try again in a minute.");
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return leave;
  };
}
