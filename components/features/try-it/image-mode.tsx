"use client";

import { type DragEvent, useEffect, useId, useRef, useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { clearPad, DrawingPad } from "./drawing-pad.tsx";
import { defaultImage, type ImageSettings, settingsFrom } from "./image-settings.ts";
import { ImageSettingsForm } from "./image-settings-form.tsx";
import { imageTensor } from "./image-tensor.ts";
import type { SingleProps } from "./mode-props.ts";
import { pixelsOf, pixelsOfDrawing } from "./picture.ts";
import { SendRow } from "./send-row.tsx";
import { oneOf, sizeOf } from "./tensors.ts";

type Picture = Readonly<{ image: ImageBitmap; name: string }>;

/** Drop a picture, or draw one where the model takes a grey one. */
export function ImageMode({ spec, version, busy, onSend }: SingleProps) {
  const [settings, setSettings] = useRemembered(version, spec);
  const [picture, setPicture] = useState<Picture | null>(null);
  const [isDrawn, setDrawn] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const pad = useRef<HTMLCanvasElement>(null);
  const canDraw = settings.channels === 1;

  const choose = (file: File | undefined) => {
    if (file === undefined) return;
    setFailed(null);
    createImageBitmap(file).then(
      (image) => setPicture({ image, name: file.name }),
      () => setFailed(`${file.name} is no picture that this browser can read.`),
    );
  };
  const clear = () => {
    clearPad(pad.current);
    setDrawn(false);
    setPicture(null);
  };
  const send = () => {
    const own = picture ? pixelsOf(picture.image, settings) : pad.current && pixelsOfDrawing(pad.current, settings);
    if (!own) return;
    // A drawing is light on dark already, whatever is set for pictures.
    const data = imageTensor(own, picture ? settings : { ...settings, invert: false }, countOf(spec.shape, settings));
    onSend({ inputs: [{ name: spec.name, datatype: spec.datatype, shape: shapeOf(spec.shape, settings), data }] });
  };
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start gap-4">
        {picture ? <Preview picture={picture} settings={settings} /> : null}
        {canDraw && !picture ? <DrawingPad canvas={pad} onStroke={() => setDrawn(true)} /> : null}
        <PictureDrop onFile={choose} canDraw={canDraw} />
      </div>
      {failed ? <Banner status="Degraded" title={failed} /> : null}
      <ImageSettingsForm settings={settings} onChange={setSettings} />
      <div className="flex flex-wrap items-center gap-3">
        <SendRow
          busy={busy}
          problem={picture || isDrawn ? null : canDraw ? "Draw something or choose a picture." : "Choose a picture."}
          onSend={send}
        />
        {picture || isDrawn ? <Button onClick={clear}>Clear</Button> : null}
      </div>
    </div>
  );
}

function PictureDrop({ onFile, canDraw }: { onFile: (file: File | undefined) => void; canDraw: boolean }) {
  const id = useId();
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    onFile(event.dataTransfer.files[0]);
  };
  return (
    <label
      htmlFor={id}
      onDragOver={(event) => event.preventDefault()}
      onDrop={onDrop}
      className="flex min-h-24 min-w-48 flex-1 cursor-pointer flex-col items-center justify-center rounded-card border border-edge border-dashed p-4 text-center hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2"
    >
      <span className="font-medium">{canDraw ? "Draw, or drop a picture" : "Drop a picture"}</span>
      <span className="text-label text-muted">or choose one from this device</span>
      <input
        id={id}
        type="file"
        accept="image/*"
        className="sr-only"
        onChange={(event) => {
          onFile(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
    </label>
  );
}

/** As the model gets it. */
function Preview({ picture, settings }: { picture: Picture; settings: ImageSettings }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext("2d")?.drawImage(picture.image, 0, 0, settings.width, settings.height);
  }, [picture, settings.width, settings.height]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={`${picture.name} at ${settings.width} × ${settings.height}`}
      width={settings.width}
      height={settings.height}
      className="size-49 shrink-0 rounded-card border border-edge"
    />
  );
}

function shapeOf(shape: readonly number[], { width, height, layout }: ImageSettings): number[] {
  if (layout === "flat") return oneOf(shape);
  // Free sides become the chosen size; the batch is one.
  const from = shape.length - 3;
  const sides = layout === "NCHW" ? [null, height, width] : [height, width, null];
  return oneOf(shape).map((size, index) => (shape[index] === -1 ? (sides[index - from] ?? size) : size));
}
const countOf = (shape: readonly number[], settings: ImageSettings): number => sizeOf(shapeOf(shape, settings));

/** What was chosen last for this version, on this device. */
function useRemembered({ model, version, preprocessing }: SingleProps["version"], spec: SingleProps["spec"]) {
  const key = `slipway-image:${model}:${version}`;
  const [settings, setSettings] = useState<ImageSettings>(() => {
    const suggested = defaultImage(spec);
    if (suggested === null) throw new Error(`${spec.name} is no picture`);
    return settingsFrom(suggested, preprocessing, stored(key));
  });
  const set = (next: ImageSettings) => {
    setSettings(next);
    try {
      localStorage.setItem(key, JSON.stringify(next));
    } catch {
      // A full or forbidden storage costs only the memory.
    }
  };
  return [settings, set] as const;
}

function stored(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}
