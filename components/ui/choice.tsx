"use client";

import { Check } from "lucide-react";
import { Checkbox as RadixCheckbox, Switch as RadixSwitch } from "radix-ui";

type ChoiceProps = Readonly<{
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  disabled?: boolean;
  id?: string;
  "aria-label"?: string;
  "aria-labelledby"?: string;
}>;

export const Checkbox = ({ onCheckedChange, ...rest }: ChoiceProps) => (
  <RadixCheckbox.Root
    {...rest}
    onCheckedChange={(next) => onCheckedChange(next === true)}
    className="inline-flex size-4 shrink-0 items-center justify-center rounded-small border border-edge bg-surface disabled:opacity-60 data-[state=checked]:border-accent data-[state=checked]:bg-accent max-sm:size-6"
  >
    <RadixCheckbox.Indicator>
      <Check className="size-3.5 text-on-accent" strokeWidth={3} aria-hidden />
    </RadixCheckbox.Indicator>
  </RadixCheckbox.Root>
);

export const Switch = (props: ChoiceProps) => (
  <RadixSwitch.Root
    {...props}
    className="relative h-5 w-9 shrink-0 rounded-full border border-edge bg-surface disabled:opacity-60 data-[state=checked]:border-accent data-[state=checked]:bg-accent"
  >
    <RadixSwitch.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-edge transition-transform duration-100 data-[state=checked]:translate-x-4.5 data-[state=checked]:bg-on-accent" />
  </RadixSwitch.Root>
);
