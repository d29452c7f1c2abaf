import { z } from "zod";
import type { TensorSpec } from "#domain/shared/signature.ts";

/** How a picture becomes the input tensor: value = (pixel × scale − mean) / deviation, a pixel from 0 to 255. */
export const imageSettingsSchema = z.object({
  width: z.number().int().min(1).max(4_096),
  height: z.number().int().min(1).max(4_096),
  /** NCHW and NHWC by their dimensions; flat: one row of grey values. */
  layout: z.enum(["NCHW", "NHWC", "flat"]),
  channels: z.union([z.literal(1), z.literal(3)]),
  scale: z.number(),
  mean: z.array(z.number()).min(1).max(3),
  deviation: z
    .array(z.number().refine((value) => value !== 0))
    .min(1)
    .max(3),
  /** Dark on light becomes light on dark. */
  invert: z.boolean(),
});
export type ImageSettings = z.infer<typeof imageSettingsSchema>;

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

const givenSchema = imageSettingsSchema.partial();

/** What a version says of its own preprocessing, and then what somebody here last chose, over what its shape suggests. */
export function settingsFrom(suggested: ImageSettings, ...sources: readonly unknown[]): ImageSettings {
  let settings = suggested;
  for (const source of sources) {
    const given = givenSchema.safeParse(source);
    const merged = imageSettingsSchema.safeParse({ ...settings, ...given.data });
    if (given.success && merged.success) settings = merged.data;
  }
  return settings;
}
