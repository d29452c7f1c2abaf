"use client";

import { Select } from "#components/ui/select.tsx";
import { ROLES } from "#domain/access/rights.ts";
import type { Role } from "#domain/access/schema.ts";
import { ROLE_WORDS } from "#domain/access/words.ts";

type RoleSelectProps = Readonly<{
  value: Role;
  onValueChange: (role: Role) => void;
  disabled?: boolean;
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string;
}>;

const OPTIONS = ROLES.map((role) => ({ value: role, label: ROLE_WORDS[role].one }));

export const RoleSelect = (props: RoleSelectProps) => <Select {...props} options={OPTIONS} />;
