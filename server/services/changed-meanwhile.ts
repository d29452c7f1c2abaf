import { DomainError } from "#domain/shared/errors.ts";

type Versioned = Readonly<{ generation: number; updatedBy: string; updatedAt: Date }>;

/** Throws `changed_meanwhile` when somebody was faster, naming who and when, so that nobody overwrites what they have not read. */
export function refuseChanged(what: string, { generation, updatedBy, updatedAt }: Versioned, expected: number): void {
  if (generation === expected) return;
  const at = updatedAt.toISOString();
  throw new DomainError("changed_meanwhile", `${what} was changed by ${updatedBy} at ${at}, after you had read it.`, {
    detail: { generation, updatedBy, updatedAt: at },
  });
}
