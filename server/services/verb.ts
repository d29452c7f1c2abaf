import type { z } from "zod";
import type { Permission } from "#domain/access/schema.ts";
import { DomainError, type FieldError } from "#domain/shared/errors.ts";
import { plainWords } from "#domain/shared/plain-words.ts";
import { requirePermission, type ServiceContext } from "./context.ts";

type Definition<Input extends z.ZodType, Output extends z.ZodType> = Readonly<{
  /** `<entity>.<verb>`, as in the audit log. */
  name: string;
  kind: "query" | "mutation";
  permission: Permission;
  input: Input;
  output: Output;
  run(ctx: ServiceContext, input: z.output<Input>): Promise<z.input<Output>>;
}>;

export type Verb<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> = Readonly<
  Omit<Definition<Input, Output>, "run"> & {
    /** Permission, then parse, then work. Takes anything; throws DomainError. */
    call(ctx: ServiceContext, input: unknown): Promise<z.input<Output>>;
  }
>;

/** A verb cannot exist without a permission, nor run before it was checked and its input parsed. */
export function defineVerb<Input extends z.ZodType, Output extends z.ZodType>({
  run,
  ...verb
}: Definition<Input, Output>): Verb<Input, Output> {
  return {
    ...verb,
    async call(ctx, input) {
      requirePermission(ctx.actor, verb.permission);
      return run(ctx, parseInput(verb.input, input));
    },
  };
}

const DEPTH_MAX = 64;

/** Throws `invalid` with one entry per bad field. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  refuseUnstorable(input);
  const parsed = schema.safeParse(input, { reportInput: true, error: plainWords });
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap(toFieldErrors);
  const sentence = fields.map((f) => (f.path === "" ? f.message : `${f.path}: ${f.message}`)).join("; ");
  throw new DomainError("invalid", sentence, { fields });
}

function toFieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const at = (path: readonly PropertyKey[], message: string) => ({ path: path.map(String).join("."), message });
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => at([...issue.path, key], "this field is not known here"));
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => at(issue.path, message));
  return [at(issue.path, issue.message)];
}

/** Text that PostgreSQL cannot hold, and nesting that no parser should have to follow. */
function refuseUnstorable(input: unknown): void {
  const open: { value: unknown; path: string[] }[] = [{ value: input, path: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    const refuse = (message: string) => {
      const field = { path: path.slice(0, 8).join("."), message };
      throw new DomainError("invalid", `${field.path}: ${message}`, { fields: [field] });
    };
    if (path.length > DEPTH_MAX) refuse(`this is nested more than ${DEPTH_MAX} deep`);
    if (typeof value === "string" && !isStorable(value)) refuse("this text holds characters that cannot be stored");
    if (!isPlain(value)) continue;
    for (const [key, member] of Object.entries(value)) {
      if (!isStorable(key)) refuse("a field's name holds characters that cannot be stored");
      open.push({ value: member, path: [...path, key] });
    }
  }
}

const isStorable = (text: string) => text.isWellFormed() && !text.includes("\0");

const isPlain = (value: unknown): value is object =>
  Array.isArray(value) ||
  (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype);
