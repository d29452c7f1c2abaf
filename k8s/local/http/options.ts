import { badRequest, invalidOption } from "../store/errors.ts";
import type { Verb } from "./route.ts";

const OPTIONS_KIND: Readonly<Partial<Record<Verb, string>>> = {
  create: "CreateOptions",
  update: "UpdateOptions",
  patch: "PatchOptions",
  delete: "DeleteOptions",
  deletecollection: "DeleteOptions",
};
const VALIDATIONS = ["", "Ignore", "Strict", "Warn"];

const unsupported = (field: string, value: unknown, supported: readonly string[]) => {
  const list = supported.map((entry) => JSON.stringify(entry)).join(", ");
  return {
    reason: "FieldValueNotSupported",
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`,
    field,
  };
};

/** Refuses query parameters whose values mean nothing: 422 for options of a write, 400 for numbers that are none. */
export function checkOptions(verb: Verb, query: URLSearchParams): void {
  for (const name of ["limit", "timeoutSeconds"]) {
    const value = query.get(name);
    if (value && !/^-?\d+$/.test(value))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  const kind = OPTIONS_KIND[verb];
  if (kind === undefined) return;
  const dryRun = query.getAll("dryRun");
  if (dryRun.some((value) => value !== "All")) throw invalidOption(kind, unsupported("dryRun", dryRun, ["All"]));
  const validation = query.get("fieldValidation") ?? "";
  if (!VALIDATIONS.includes(validation)) {
    throw invalidOption(kind, unsupported("fieldValidation", validation, VALIDATIONS));
  }
}
