import type { ImageSettings } from "./image-settings.ts";
import { frameOfDrawing } from "./image-tensor.ts";

/** Pixels of a picture stretched to the size the model takes, as RGBA bytes. */
export function pixelsOf(source: CanvasImageSource, { width, height }: ImageSettings): Uint8ClampedArray {
  return drawn(width, height, (context) => context.drawImage(source, 0, 0, width, height));
}

/** Pixels of a drawing, moved and sized as `frameOfDrawing` says; null: nothing is drawn. */
export function pixelsOfDrawing(canvas: HTMLCanvasElement, { width, height }: ImageSettings): Uint8ClampedArray | null {
  const whole = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
  const frame = whole === undefined ? null : frameOfDrawing(whole.data, canvas.width);
  if (frame === null) return null;
  return drawn(width, height, (context) => {
    context.fillStyle = "black";
    context.fillRect(0, 0, width, height);
    const [sx, sy] = [width / frame.size, height / frame.size];
    context.drawImage(canvas, -frame.x * sx, -frame.y * sy, canvas.width * sx, canvas.height * sy);
  });
}

function drawn(width: number, height: number, draw: (context: CanvasRenderingContext2D) => void): Uint8ClampedArray {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("this browser has no 2D canvas");
  context.imageSmoothingQuality = "high";
  draw(context);
  return context.getImageData(0, 0, width, height).data;
}
