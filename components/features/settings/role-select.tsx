"use client";

import { Select } from "#components/ui/select.tsx";
import { type Role, roleSchema } from "#domain/access/schema.ts";
import { ROLE_WORDS } from "#domain/access/words.ts";

type RoleSelectProps = Readonly<{
  value: Role;
  onValueChange: (role: Role) => void;
  disabled?: boolean;
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string;
}>;

const OPTIONS = roleSchema.options.map((role) => ({ value: role, label: ROLE_WORDS[role].one }));

export const RoleSelect = (props: RoleSelectProps) => <Select {...props} options={OPTIONS} />;
