"use client";

import { ChevronDown } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { Menu, MenuChoices } from "#components/ui/menu.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { endpointHere } from "./nav-items.ts";
import { useEnvironment } from "./use-environment.ts";

const ALL = "*";

/** Which environment the lists are about, in the address. Production is edged amber. */
export function EnvironmentSwitch() {
  const { name, kind, environments, setChosen } = useEnvironment();
  const pathname = usePathname();
  const router = useRouter();
  const choose = (value: string) => {
    // An endpoint's page belongs to its environment.
    if (endpointHere(pathname) !== null)
      router.push(value === ALL ? screenPaths.endpoints : `${screenPaths.endpoints}?environment=${value}`);
    else void setChosen(value === ALL ? null : value);
  };
  const options = [
    { value: ALL, label: "All environments" },
    ...environments.map((one) => ({
      value: one.name,
      label: one.kind === "production" ? `${one.name} · production` : one.name,
    })),
  ];
  return (
    <Menu
      align="start"
      trigger={
        <Button className={classNames("min-w-0 shrink", kind === "production" && "border-2 border-degraded")}>
          <span className="sr-only">Environment:</span>
          <span className="truncate">
            {name ?? (
              <>
                All<span className="max-sm:sr-only"> environments</span>
              </>
            )}
          </span>
          {kind === "production" ? <span className="text-degraded max-sm:sr-only">production</span> : null}
          <ChevronDown aria-hidden className="text-muted" />
        </Button>
      }
    >
      <MenuChoices label="Environment" value={name ?? ALL} onValueChange={choose} options={options} />
    </Menu>
  );
}
