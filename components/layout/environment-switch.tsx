"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { useQueryState } from "nuqs";
import { useTRPC } from "#components/trpc/client.tsx";
import { Button } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { Menu, MenuChoices } from "#components/ui/menu.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";

const ALL = "*";

/** Which environment the lists are about, in the address. Production is edged amber. */
export function EnvironmentSwitch() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.environment.list.queryOptions({ limit: 200 }));
  const [chosen, setChosen] = useQueryState("environment");
  const pathname = usePathname();
  const router = useRouter();
  const environments = data?.items ?? [];
  const kind = environments.find(({ name }) => name === chosen)?.kind;
  const choose = (value: string) => {
    // An endpoint's page belongs to its environment.
    if (pathname.startsWith(`${screenPaths.endpoints}/`))
      router.push(value === ALL ? screenPaths.endpoints : `${screenPaths.endpoints}?environment=${value}`);
    else void setChosen(value === ALL ? null : value);
  };
  const options = [
    { value: ALL, label: "All environments" },
    ...environments.map(({ name, kind: kindOf }) => ({
      value: name,
      label: kindOf === "production" ? `${name} · production` : name,
    })),
  ];
  return (
    <Menu
      align="start"
      trigger={
        <Button className={classNames("min-w-0 shrink", kind === "production" && "border-2 border-degraded")}>
          <span className="sr-only">Environment:</span>
          <span className="truncate">{chosen ?? "All environments"}</span>
          <ChevronDown aria-hidden className="text-muted" />
        </Button>
      }
    >
      <MenuChoices label="Environment" value={chosen ?? ALL} onValueChange={choose} options={options} />
    </Menu>
  );
}
