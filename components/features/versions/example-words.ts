const SHOWN_MAX = 3;
const TEXT_MAX = 24;

/** The first values of an input in a v2 request body, "56, 3650, 12, …"; null: it gives none for it. */
export function exampleWords(request: unknown, input: string): string | null {
  const given = membersOf(request, "inputs").find((one) => isObject(one) && one.name === input);
  // Rows may be written as rows.
  const values = membersOf(given, "data").flat(Number.POSITIVE_INFINITY);
  if (values.length === 0) return null;
  const shown = values.slice(0, SHOWN_MAX).map(valueWords);
  return [...shown, ...(values.length > SHOWN_MAX ? ["…"] : [])].join(", ");
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

function membersOf(value: unknown, name: string): readonly unknown[] {
  const members = isObject(value) ? value[name] : undefined;
  return Array.isArray(members) ? members : [];
}

function valueWords(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(4)));
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}
