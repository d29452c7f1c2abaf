"use client";

import { useState } from "react";
import { Checkbox } from "#components/ui/choice.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { type ImageSettings, isUsable } from "./image-settings.ts";

type FormProps = Readonly<{ settings: ImageSettings; onChange: (settings: ImageSettings) => void }>;
type Texts = Readonly<{ width: string; height: string; scale: string; mean: string; deviation: string }>;

const SCALE_OF_BYTES = 1 / 255;

/** Size, layout, scale and mean: what the model was trained with is what it must be asked with. */
export function ImageSettingsForm({ settings, onChange }: FormProps) {
  const [texts, setTexts] = useState<Texts>(() => ({
    width: String(settings.width),
    height: String(settings.height),
    scale: settings.scale === SCALE_OF_BYTES ? "1/255" : String(settings.scale),
    mean: settings.mean.join(", "),
    deviation: settings.deviation.join(", "),
  }));
  const set = (part: Partial<Texts>) => {
    const next = { ...texts, ...part };
    setTexts(next);
    const read = { ...settings, ...valuesOf(next) };
    if (isUsable(read)) onChange(read);
  };
  const isWrong = !isUsable({ ...settings, ...valuesOf(texts) });
  const field = (label: string, name: keyof Texts) => (
    <Field label={label}>
      <Input value={texts[name]} onChange={(event) => set({ [name]: event.target.value })} />
    </Field>
  );
  return (
    <details className="rounded-card border p-3">
      <summary className="cursor-pointer text-label text-muted max-sm:py-2.5">
        {settings.width} × {settings.height}, {settings.layout}, (pixel × {texts.scale} − {texts.mean}) /{" "}
        {texts.deviation}
        {settings.invert ? ", inverted" : ""}
      </summary>
      <div className="mt-3 grid grid-cols-2 gap-3 sm:grid-cols-3">
        {field("Width", "width")}
        {field("Height", "height")}
        {field("Scale", "scale")}
        {field("Mean", "mean")}
        {field("Deviation", "deviation")}
        <div className="flex items-center gap-2 self-end pb-1">
          <Checkbox
            id="invert-picture"
            checked={settings.invert}
            onCheckedChange={(invert) => onChange({ ...settings, invert })}
          />
          <label htmlFor="invert-picture" className="font-medium text-label">
            Invert pictures
          </label>
        </div>
      </div>
      <p className={isWrong ? "mt-2 text-failing text-label" : "mt-2 text-label text-muted"}>
        {isWrong
          ? "These are not all numbers: the last good ones are used."
          : "Remembered on this device for this version. Channels by commas, such as 0.485, 0.456, 0.406."}
      </p>
    </details>
  );
}

const numbers = (text: string): number[] => text.split(",").map(numberIn);

/** "1/255" too. */
function numberIn(text: string): number {
  const [above = "", below = "1"] = text.split("/");
  return above.trim() === "" ? Number.NaN : Number(above) / Number(below);
}

const valuesOf = (texts: Texts) => ({
  width: numberIn(texts.width),
  height: numberIn(texts.height),
  scale: numberIn(texts.scale),
  mean: numbers(texts.mean),
  deviation: numbers(texts.deviation),
});
