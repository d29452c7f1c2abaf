import type { TensorSpec } from "#domain/shared/signature.ts";

/** How a picture becomes the input tensor: value = (pixel × scale − mean) / deviation, a pixel from 0 to 255. */
export type ImageSettings = Readonly<{
  width: number;
  height: number;
  /** NCHW and NHWC by their dimensions; flat: one row of grey values. */
  layout: "NCHW" | "NHWC" | "flat";
  channels: 1 | 3;
  scale: number;
  /** One value, or one per channel. */
  mean: readonly number[];
  deviation: readonly number[];
  /** Dark on light becomes light on dark. */
  invert: boolean;
}>;

const SIDE_MAX = 4_096;
const isSide = (value: unknown) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= SIDE_MAX;
const isPerChannel = (value: unknown) =>
  Array.isArray(value) && value.length >= 1 && value.length <= 3 && value.every(Number.isFinite);

// By hand: a schema's library would be a tenth of what a version's page fetches.
const RULES: Readonly<Record<keyof ImageSettings, (value: unknown) => boolean>> = {
  width: isSide,
  height: isSide,
  layout: (value) => value === "NCHW" || value === "NHWC" || value === "flat",
  channels: (value) => value === 1 || value === 3,
  scale: Number.isFinite,
  mean: isPerChannel,
  deviation: (value) => isPerChannel(value) && !(value as number[]).includes(0),
  invert: (value) => typeof value === "boolean",
};
const NAMES = Object.keys(RULES) as (keyof ImageSettings)[];

/** Whether typed values can be used. */
export const isUsable = (settings: ImageSettings): boolean => NAMES.every((name) => RULES[name](settings[name]));

const FREE_SIZE = 224;
const FLAT_MIN = 64;
const IMAGE_SIDE_MIN = 8;
const NUMERIC = new Set(["FP32", "FP64", "FP16", "UINT8", "INT32", "INT64"]);

/** Settings that fit an input, or null where it does not look like a picture. */
export function defaultImage({ shape, datatype }: TensorSpec): ImageSettings | null {
  if (!NUMERIC.has(datatype)) return null;
  const plain = { scale: datatype.startsWith("FP") ? 1 / 255 : 1, mean: [0], deviation: [1], invert: false };
  // One picture at a time.
  const [batch = 1] = shape;
  if (batch > 1 && shape.length > 1) return null;
  const sides = shape.length === 3 && !isChannels(shape[0]) ? shape : shape.slice(shape.length === 3 ? 0 : 1);
  if (shape.length === 2) return flat(shape[1] ?? -1, plain);
  if (sides.length !== 3) return null;
  const [a = -1, b = -1, c = -1] = sides;
  if (isChannels(a)) return sized({ ...plain, layout: "NCHW", channels: a, height: b, width: c });
  if (isChannels(c)) return sized({ ...plain, layout: "NHWC", channels: c, height: a, width: b });
  return null;
}

const isChannels = (size: number | undefined): size is 1 | 3 => size === 1 || size === 3;

function sized(settings: ImageSettings): ImageSettings | null {
  const side = (size: number) => (size === -1 ? FREE_SIZE : size);
  const fitted = { ...settings, width: side(settings.width), height: side(settings.height) };
  return Math.min(fitted.width, fitted.height) < IMAGE_SIDE_MIN ? null : fitted;
}

/** A square in one row; some data sets leave away a few last pixels, which are always empty. */
function flat(
  size: number,
  plain: Pick<ImageSettings, "scale" | "mean" | "deviation" | "invert">,
): ImageSettings | null {
  const side = Math.ceil(Math.sqrt(size));
  if (size < FLAT_MIN || side * side - size > side / 4) return null;
  // Such sets hold bytes as they are.
  return { ...plain, scale: 1, layout: "flat", channels: 1, width: side, height: side };
}

/** What a version says of its own preprocessing, and then what somebody here last chose, over what its shape suggests. */
export function settingsFrom(suggested: ImageSettings, ...sources: readonly unknown[]): ImageSettings {
  let settings = suggested;
  for (const source of sources) {
    if (typeof source !== "object" || source === null) continue;
    const given = Object.entries(source).filter(([name]) => Object.hasOwn(RULES, name));
    const merged = { ...settings, ...Object.fromEntries(given) };
    if (isUsable(merged)) settings = merged;
  }
  return settings;
}
