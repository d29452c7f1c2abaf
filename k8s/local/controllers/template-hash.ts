/** Letters and digits that form no words, as in the pod names of a real cluster. */
const SAFE = "bcdfghjklmnpqrstvwxz2456789";

const stable = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(stable).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${stable(item)}`).join(",")}}`;
};

/** FNV-1a, 32 bits, over UTF-16 code units: only equality within one cluster matters. */
const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

/** Value of label `pod-template-hash`. `collisions` sets apart templates that would share a ReplicaSet name. */
export const templateHash = (template: unknown, collisions = 0): string =>
  [...String(fnv1a(stable(template) + (collisions > 0 ? `#${collisions}` : "")))]
    .map((digit) => SAFE[digit.charCodeAt(0) % SAFE.length])
    .join("");
