"use client";

import { RadioGroup } from "radix-ui";
import { classNames } from "#components/ui/class-names.ts";
import { runtimesWithGpu } from "#domain/revision/runtimes.ts";
import { SIZES, type Size, sizeWords } from "./size-presets.ts";

const NAMES = Object.keys(SIZES) as Size[];

/** A GPU is offered, and says what it lacks, where no runtime can use one. */
export const SizeChoice = ({ size, onChange }: { size: Size; onChange: (size: Size) => void }) => (
  <div className="flex flex-col gap-1">
    <p id="deploy-size" className="font-medium text-label">
      Size of each pod
    </p>
    <RadioGroup.Root
      aria-labelledby="deploy-size"
      value={size}
      onValueChange={(next) => onChange(next as Size)}
      className="grid grid-cols-2 gap-2 sm:grid-cols-4"
    >
      {NAMES.map((name) => {
        const lacks = SIZES[name].gpu > 0 && runtimesWithGpu().length === 0;
        return (
          <RadioGroup.Item
            key={name}
            value={name}
            disabled={lacks}
            className={classNames(
              "flex flex-col rounded-control border border-edge bg-surface p-2 text-left data-[state=checked]:border-accent data-[state=checked]:ring-1 data-[state=checked]:ring-accent",
              lacks ? "cursor-not-allowed" : "hover:bg-hover",
            )}
          >
            <span className={classNames("font-semibold", lacks && "text-muted")}>{name}</span>
            <span className="text-label text-muted">
              {lacks ? "no runtime of this release uses a GPU" : sizeWords(SIZES[name])}
            </span>
          </RadioGroup.Item>
        );
      })}
    </RadioGroup.Root>
  </div>
);
