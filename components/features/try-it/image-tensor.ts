import type { ImageSettings } from "./image-settings.ts";

/**
 * Values of a picture of settings.width × settings.height as RGBA bytes. `count` is how many the input takes: a flat one
 * may leave the last pixels away. Transparent counts as white, as pages show it.
 */
export function imageTensor(rgba: Uint8ClampedArray, settings: ImageSettings, count: number): number[] {
  const { width, height, layout, channels, scale, mean, deviation, invert } = settings;
  const pixels = width * height;
  const values = new Array<number>(pixels * channels);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const colour = onWhite(rgba, pixel * 4);
    const parts = channels === 3 ? colour : [grey(colour)];
    parts.forEach((part, channel) => {
      const at = layout === "NCHW" ? channel * pixels + pixel : pixel * channels + channel;
      const byte = invert ? 255 - part : part;
      const value = (byte * scale - valueAt(mean, channel)) / valueAt(deviation, channel);
      values[at] = Number(value.toPrecision(6));
    });
  }
  return values.slice(0, count);
}

const valueAt = (list: readonly number[], channel: number): number => list[channel] ?? list[0] ?? 0;

function onWhite(rgba: Uint8ClampedArray, at: number): [number, number, number] {
  const alpha = (rgba[at + 3] ?? 255) / 255;
  const part = (offset: number) => (rgba[at + offset] ?? 0) * alpha + 255 * (1 - alpha);
  return [part(0), part(1), part(2)];
}

/** Luma as ITU-R BT.601 weighs it. */
const grey = ([red, green, blue]: readonly [number, number, number]): number =>
  0.299 * red + 0.587 * green + 0.114 * blue;

type Box = Readonly<{ x: number; y: number; size: number }>;

/**
 * The square around what is drawn (light on dark RGBA bytes of `side` × `side`), so large that it fills five sevenths of
 * it and its centre of mass is in the middle: how the digits that such models learned from were made. Null: nothing drawn.
 */
export function frameOfDrawing(rgba: Uint8ClampedArray, side: number): Box | null {
  const seen = { left: side, right: -1, top: side, bottom: -1, mass: 0, x: 0, y: 0 };
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1) {
      const light = rgba[(y * side + x) * 4] ?? 0;
      if (light < 32) continue;
      seen.left = Math.min(seen.left, x);
      seen.right = Math.max(seen.right, x);
      seen.top = Math.min(seen.top, y);
      seen.bottom = Math.max(seen.bottom, y);
      seen.mass += light;
      seen.x += x * light;
      seen.y += y * light;
    }
  if (seen.mass === 0) return null;
  const longest = Math.max(seen.right - seen.left, seen.bottom - seen.top) + 1;
  const size = longest * (28 / 20);
  return { x: seen.x / seen.mass - size / 2, y: seen.y / seen.mass - size / 2, size };
}
