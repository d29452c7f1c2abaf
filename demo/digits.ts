import type { Examples } from "./network.ts";
import { type Random, randomFrom } from "./random.ts";

export const DIGIT_SIDE = 28;
const PIXELS = DIGIT_SIDE * DIGIT_SIDE;

type Point = readonly [x: number, y: number];
type Stroke = readonly Point[];

/** Points of an ellipse from one angle to another, in turns; 0 is to the right, a quarter below. */
const arc = (x: number, y: number, rx: number, ry: number, from: number, to: number): Stroke =>
  Array.from({ length: 13 }, (_, step) => {
    const angle = 2 * Math.PI * (from + ((to - from) * step) / 12);
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)] as const;
  });
const line = (...points: Point[]): Stroke => points;

/** How people write each digit, some in more than one way, in a box of 1 × 1 with y downwards. */
const FORMS: readonly (readonly (readonly Stroke[])[])[] = [
  [[arc(0.5, 0.5, 0.28, 0.42, 0, 1)], [arc(0.5, 0.5, 0.36, 0.4, 0, 1)]],
  [
    [line([0.5, 0.08], [0.5, 0.92])],
    [line([0.34, 0.26], [0.52, 0.08], [0.52, 0.92])],
    [line([0.34, 0.26], [0.52, 0.08], [0.52, 0.92]), line([0.32, 0.92], [0.72, 0.92])],
  ],
  [
    [arc(0.5, 0.32, 0.27, 0.24, 0.5, 1.06), line([0.75, 0.42], [0.24, 0.9], [0.8, 0.9])],
    [
      arc(0.48, 0.3, 0.28, 0.22, 0.55, 1.1),
      line([0.72, 0.42], [0.3, 0.82]),
      arc(0.34, 0.8, 0.12, 0.1, 0, 1),
      line([0.4, 0.86], [0.82, 0.88]),
    ],
  ],
  [
    [arc(0.46, 0.29, 0.27, 0.21, 0.58, 1.24), arc(0.46, 0.7, 0.3, 0.22, 0.76, 1.44)],
    [line([0.24, 0.1], [0.74, 0.1], [0.44, 0.44]), arc(0.46, 0.68, 0.29, 0.24, 0.76, 1.42)],
  ],
  [
    [line([0.32, 0.1], [0.22, 0.56], [0.8, 0.56]), line([0.66, 0.12], [0.62, 0.92])],
    [line([0.62, 0.92], [0.62, 0.08], [0.18, 0.62], [0.84, 0.62])],
  ],
  [
    [line([0.76, 0.1], [0.32, 0.1], [0.28, 0.46]), arc(0.46, 0.66, 0.29, 0.25, 0.68, 1.42)],
    [line([0.72, 0.1], [0.34, 0.12], [0.3, 0.44], [0.5, 0.42]), arc(0.48, 0.66, 0.26, 0.24, 0.75, 1.4)],
  ],
  [
    [arc(0.5, 0.68, 0.26, 0.23, 0, 1), line([0.66, 0.08], [0.4, 0.28], [0.26, 0.58], [0.26, 0.7])],
    [arc(0.52, 0.7, 0.24, 0.21, 0, 1), arc(0.74, 0.62, 0.46, 0.52, 0.5, 0.72)],
  ],
  [
    [line([0.22, 0.1], [0.78, 0.1], [0.42, 0.92])],
    [line([0.22, 0.12], [0.78, 0.1], [0.44, 0.92]), line([0.36, 0.5], [0.72, 0.48])],
  ],
  [
    [arc(0.5, 0.3, 0.22, 0.2, 0, 1), arc(0.5, 0.71, 0.27, 0.21, 0, 1)],
    [arc(0.52, 0.29, 0.19, 0.2, 0, 1), arc(0.48, 0.7, 0.22, 0.22, 0, 1)],
  ],
  [
    [arc(0.5, 0.32, 0.25, 0.23, 0, 1), line([0.74, 0.34], [0.7, 0.62], [0.6, 0.92])],
    [arc(0.5, 0.32, 0.25, 0.23, 0, 1), arc(0.4, 0.42, 0.35, 0.5, 0, 0.28)],
  ],
];
export const DIGIT_LABELS: readonly string[] = FORMS.map((_, digit) => String(digit));

/** A digit in a hand of its own: 28 × 28 grey values from 0 (paper) to 255 (ink), row by row. */
export function drawDigit(digit: number, random: Random): Uint8ClampedArray {
  const forms = FORMS[digit] ?? [];
  const form = forms[Math.floor(random.next() * forms.length)] ?? [];
  const hand = handOf(random);
  const segments = form.flatMap((stroke) => {
    const points = stroke.map((point) => hand(point));
    return points.slice(1).map((to, index) => [points[index] ?? to, to] as const);
  });
  const radius = random.between(0.75, 1.9);
  const pixels = new Uint8ClampedArray(PIXELS);
  for (const [from, to] of segments) ink(pixels, from, to, radius);
  const noise = random.next() < 0.15 ? random.between(4, 20) : 0;
  if (noise > 0) for (let i = 0; i < PIXELS; i += 1) pixels[i] = (pixels[i] ?? 0) + noise * random.normal();
  return pixels;
}

/** Slant, turn, size and place of a whole digit, and an unsteady hand at each point; answers pixels. */
function handOf(random: Random): (point: Point) => Point {
  const turn = random.between(-0.22, 0.22);
  const slant = random.between(-0.25, 0.25);
  const [wide, high] = [random.between(16, 23), random.between(18, 22)];
  const [right, down] = [14 + random.between(-1.8, 1.8), 14 + random.between(-1.8, 1.8)];
  const bend = random.between(-0.06, 0.06);
  return ([px, py]) => {
    const y = (py - 0.5 + 0.008 * random.normal()) * high;
    const x = (px - 0.5 + bend * Math.sin(py * Math.PI) + 0.008 * random.normal()) * wide - slant * y;
    return [right + x * Math.cos(turn) - y * Math.sin(turn), down + x * Math.sin(turn) + y * Math.cos(turn)];
  };
}

/** Blackens what lies within `radius` of the line, with an edge one pixel soft. */
function ink(pixels: Uint8ClampedArray, [x1, y1]: Point, [x2, y2]: Point, radius: number): void {
  const reach = radius + 1;
  const [top, bottom] = [
    Math.max(0, Math.floor(Math.min(y1, y2) - reach)),
    Math.min(27, Math.ceil(Math.max(y1, y2) + reach)),
  ];
  const [left, right] = [
    Math.max(0, Math.floor(Math.min(x1, x2) - reach)),
    Math.min(27, Math.ceil(Math.max(x1, x2) + reach)),
  ];
  const [dx, dy] = [x2 - x1, y2 - y1];
  const square = dx * dx + dy * dy || 1;
  for (let y = top; y <= bottom; y += 1)
    for (let x = left; x <= right; x += 1) {
      const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / square));
      const distance = Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
      const value = 255 * Math.min(1, Math.max(0, radius + 0.5 - distance));
      const at = y * DIGIT_SIDE + x;
      if (value > (pixels[at] ?? 0)) pixels[at] = value;
    }
}

/** `count` drawn digits, as many of each. */
export function drawings(count: number, seed: number): Examples {
  const random = randomFrom(seed);
  const rows = new Float32Array(count * PIXELS);
  const classes = Uint8Array.from({ length: count }, (_, row) => row % FORMS.length);
  classes.forEach((digit, row) => {
    rows.set(drawDigit(digit, random), row * PIXELS);
  });
  return { width: PIXELS, rows, classes };
}
