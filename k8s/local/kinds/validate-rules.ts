import type { Cause } from "../store/errors.ts";
import { equalJson } from "../store/json.ts";

/** A syntax the API asks of names, with the sentence it refuses others with. */
export type Rule = { test(value: string): boolean; message: string };

const rule = (pattern: string, maxLength: number, message: string): Rule => {
  const expression = new RegExp(`^(?:${pattern})$`);
  return {
    test: (value) => value.length <= maxLength && expression.test(value),
    message: `${message}, regex used for validation is '${pattern}')`,
  };
};

const DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

export const LABEL_RULE = rule(
  DNS_LABEL,
  63,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
    "an alphanumeric character (e.g. 'my-name',  or '123-abc'",
);
export const SUBDOMAIN_RULE = rule(
  `${DNS_LABEL}(\\.${DNS_LABEL})*`,
  253,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
    "end with an alphanumeric character (e.g. 'example.com'",
);
export const LABEL_VALUE_RULE = rule(
  "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
  63,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
    "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345'",
);
export const NAME_PART_RULE = rule(
  "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]",
  63,
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc'",
);

export const required = (field: string, more = ""): Cause => ({
  reason: "FieldValueRequired",
  message: `Required value${more && `: ${more}`}`,
  field,
});

export const bad = (field: string, value: unknown, message: string): Cause => ({
  reason: "FieldValueInvalid",
  message: `Invalid value: ${JSON.stringify(value) ?? "null"}: ${message}`,
  field,
});

export const duplicate = (field: string, value: unknown): Cause => ({
  reason: "FieldValueDuplicate",
  message: `Duplicate value: ${JSON.stringify(value)}`,
  field,
});

export const unsupported = (field: string, value: unknown, supported: readonly string[]): Cause => ({
  reason: "FieldValueNotSupported",
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((name) => `"${name}"`).join(", ")}`,
  field,
});

/** What the API holds against the name of a port; several things at once. */
export function portNameFaults(name: string): string[] {
  const faults: string[] = [];
  if (name.length > 15) faults.push("must be no more than 15 characters");
  if (!/^[-a-z0-9]+$/.test(name)) faults.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(name)) faults.push("must contain at least one letter (a-z)");
  if (name.includes("--")) faults.push("must not contain consecutive hyphens");
  if (/^-|-$/.test(name)) faults.push("must not begin or end with a hyphen");
  return faults;
}

export const unchanged = (field: string, now: unknown, before: unknown, message = "field is immutable"): Cause[] =>
  equalJson(now, before) ? [] : [bad(field, now, message)];

export const outOfRange = (field: string, port: unknown): Cause[] =>
  typeof port === "number" && port >= 1 && port <= 65_535
    ? []
    : [bad(field, port ?? 0, "must be between 1 and 65535, inclusive")];
