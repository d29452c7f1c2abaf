const RESERVED = new Set(["v2", "metrics", "health"]);

/** Names of endpoints, environments, clusters and aliases: a DNS label of at most 40 characters. */
export const NAME_FORM = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;
export const NAME_FORM_WORDS = "use 1 to 40 of a-z, 0-9 and -, beginning with a letter, not ending with -";
export const NAME_RESERVED_WORDS = "this name is reserved";
export const isReservedName = (name: string): boolean => RESERVED.has(name) || name.startsWith("slipway-");

/** What is wrong with a name while it is typed; null: nothing. The schema says the same of what arrives. */
export const nameProblem = (name: string): string | null =>
  NAME_FORM.test(name) ? (isReservedName(name) ? NAME_RESERVED_WORDS : null) : NAME_FORM_WORDS;
