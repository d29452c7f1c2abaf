import { isReservedName, NAME_FORM } from "#domain/shared/name-rules.ts";

const NAME_MAX = 40;

/** A name that an endpoint of this model may have, as near to the model's as the rules let it be; "" where none is near. */
export function suggestName(model: string): string {
  const name = model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, NAME_MAX)
    .replace(/-+$/, "");
  return NAME_FORM.test(name) && !isReservedName(name) ? name : "";
}
