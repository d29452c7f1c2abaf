/** Exponents of ten and of two. */
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const QUANTITY = /^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:[eE]([+-]?[0-9]+)|([KMGTPE]i)|([numkMGTPE]))?$/;

/**
 * A Kubernetes quantity ("500m", "1Gi", "1e3") as a number; null when it is none.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(value: unknown): number | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const [, digits, exponent, binary, decimal] = QUANTITY.exec(String(value)) ?? [];
  if (digits === undefined) return null;
  // Read, not multiplied, so that "100m" is exactly what "0.1" is.
  return Number(`${digits}e${exponent ?? DECIMAL[decimal ?? ""] ?? 0}`) * 2 ** (BINARY[binary ?? ""] ?? 0);
}
