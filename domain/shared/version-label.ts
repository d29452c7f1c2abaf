type Named = Readonly<{ model: string; version: string | number }>;
/** What stands beside it on the same screen; of each only the model counts. */
export type Among = Iterable<Readonly<{ model: string }>>;

/** "v8"; where versions of several models stand together, "credit-mlp v8": a number alone would name two. */
export function versionLabel({ model, version }: Named, among: Among): string {
  const models = new Set([model]);
  for (const other of among) models.add(other.model);
  return models.size > 1 ? `${model} v${version}` : `v${version}`;
}

/** "v8 · r5", with the model where `versionLabel` names it. */
export const revisionLabel = (one: Named & Readonly<{ revision: number }>, among: Among): string =>
  `${versionLabel(one, among)} · r${one.revision}`;

/** Of what stands side by side: "v8", with its revision where another would read the same. */
export function distinctLabels(ones: readonly (Named & Readonly<{ revision: number }>)[], among: Among): string[] {
  const all = [...among];
  const plain = ones.map((one) => versionLabel(one, all));
  return ones.map((one, index) => {
    const label = plain[index] ?? "";
    return plain.filter((other) => other === label).length > 1 ? revisionLabel(one, all) : label;
  });
}
