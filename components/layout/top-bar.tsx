"use client";

import { CircleUser, Search } from "lucide-react";
import { useTheme } from "next-themes";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { KeyHint } from "#components/ui/key-hint.tsx";
import { Menu, MenuChoices, MenuLabel, MenuLine } from "#components/ui/menu.tsx";

export type Account = Readonly<{ name: string; email: string; role: string }>;

type TopBarProps = Readonly<{
  account: Account | null;
  environmentSwitch: ReactNode;
  freshness: ReactNode;
  bell: ReactNode;
  /** Entries of the account menu: sign out… */
  accountMenu?: ReactNode;
  onSearch: () => void;
}>;

export const TopBar = ({ account, environmentSwitch, freshness, bell, accountMenu, onSearch }: TopBarProps) => (
  <header className="print:hidden sticky top-0 z-30 flex h-topbar items-center gap-2 border-b bg-surface px-4">
    {environmentSwitch}
    <div className="flex-1" />
    <Button look="outline" size="small" onClick={onSearch} className="text-muted max-sm:w-11">
      <Search aria-hidden />
      <span className="max-sm:sr-only">Jump to…</span>
      <span className="max-sm:hidden">
        <KeyHint keys={["⌘", "K"]} />
      </span>
    </Button>
    {freshness}
    {bell}
    <Menu
      trigger={
        <Button look="quiet" size="icon" aria-label="Account and theme">
          <CircleUser aria-hidden />
        </Button>
      }
    >
      {account ? (
        <>
          <MenuLabel>
            <span className="block font-medium text-body text-ink">{account.name}</span>
            {account.email} · {account.role}
          </MenuLabel>
          <MenuLine />
        </>
      ) : null}
      <ThemeChoice />
      {accountMenu ? (
        <>
          <MenuLine />
          {accountMenu}
        </>
      ) : null}
    </Menu>
  </header>
);

function ThemeChoice() {
  const { theme, setTheme } = useTheme();
  return (
    <MenuChoices
      label="Theme"
      value={theme ?? "system"}
      onValueChange={setTheme}
      options={[
        { value: "light", label: "Light" },
        { value: "dark", label: "Dark" },
        { value: "system", label: "As the system" },
      ]}
    />
  );
}
