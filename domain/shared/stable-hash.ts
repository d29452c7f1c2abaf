/** JSON with keys in order, so that equal values give equal text. Undefined members are left out, as in JSON. */
export function stableStringify(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => stableStringify(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${stableStringify(member)}`);
  return `{${members.join(",")}}`;
}

/**
 * Sixteen hexadecimal digits that differ when the values do: two FNV-1a passes of 32 bits (Fowler, Noll and Vo; prime
 * 16777619) from different offsets, over UTF-16 units. It tells renderings apart and protects nothing.
 */
export function stableHash(value: unknown): string {
  const text = stableStringify(value);
  return fnv(text, 0x811c9dc5) + fnv(text, 0x9dc5811c);
}

function fnv(text: string, offset: number): string {
  let hash = offset;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 16_777_619);
    hash = Math.imul(hash ^ (unit >> 8), 16_777_619);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
