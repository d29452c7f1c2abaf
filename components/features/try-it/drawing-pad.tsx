"use client";

import { type PointerEvent, type RefObject, useEffect, useRef } from "react";

const SIDE = 196;
const PEN = 16;

type PadProps = Readonly<{ canvas: RefObject<HTMLCanvasElement | null>; onStroke: () => void }>;

/** White on black, as most digit models learned. */
export function DrawingPad({ canvas, onStroke }: PadProps) {
  const last = useRef<{ x: number; y: number } | null>(null);
  useEffect(() => clearPad(canvas.current), [canvas]);
  const at = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const scale = SIDE / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  };
  const stroke = (event: PointerEvent<HTMLCanvasElement>) => {
    const context = event.currentTarget.getContext("2d");
    const from = last.current;
    if (context === null || from === null) return;
    const to = at(event);
    Object.assign(context, { strokeStyle: "white", lineWidth: PEN, lineCap: "round", lineJoin: "round" });
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    last.current = to;
  };
  const end = () => {
    if (last.current !== null) onStroke();
    last.current = null;
  };
  return (
    <canvas
      ref={canvas}
      width={SIDE}
      height={SIDE}
      role="img"
      aria-label="Drawing pad: draw with mouse, pen or finger, or choose a picture instead"
      className="size-49 shrink-0 cursor-crosshair touch-none rounded-card border border-edge"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        last.current = at(event);
        stroke(event);
      }}
      onPointerMove={stroke}
      onPointerUp={end}
      onPointerCancel={end}
    />
  );
}

export function clearPad(canvas: HTMLCanvasElement | null) {
  const context = canvas?.getContext("2d");
  if (!context) return;
  context.fillStyle = "black";
  context.fillRect(0, 0, SIDE, SIDE);
}
