"use client";

import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Boxes, Radio } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { type ReactNode, useDeferredValue, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { NAV_BELOW, NAV_MAIN } from "./nav-items.ts";

const SHOWN_MAX = 8;
const NAME_LENGTH_MAX = 40;

/** Jump to a screen, a model or an endpoint by a part of its name. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const search = useDeferredValue(text.trim().toLowerCase()).slice(0, NAME_LENGTH_MAX);
  const router = useRouter();
  const go = (href: string) => () => {
    onClose();
    router.push(href);
  };
  const pages = [...NAV_MAIN, ...NAV_BELOW].filter(({ label }) => label.toLowerCase().includes(search));
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-shade" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-32px)] max-w-140 -translate-x-1/2 animate-appear overflow-hidden rounded-card border bg-surface shadow-overlay"
        >
          <Dialog.Title className="sr-only">Jump to</Dialog.Title>
          <Command shouldFilter={false} label="Jump to" loop>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder="Jump to a model, an endpoint, a screen…"
              className="h-12 w-full border-b bg-transparent px-4 text-section outline-none"
            />
            <Command.List className="max-h-[50vh] overflow-y-auto p-2">
              <Command.Empty className="px-2 py-6 text-center text-muted">Nothing is called that.</Command.Empty>
              <Found search={search} go={go} />
              {pages.length === 0 ? null : (
                <Group heading="Screens">
                  {pages.map((page) => (
                    <Item key={page.href} value={page.href} onSelect={go(page.href)}>
                      <page.icon aria-hidden /> {page.label}
                    </Item>
                  ))}
                </Group>
              )}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Found({ search, go }: { search: string; go: (href: string) => () => void }) {
  const trpc = useTRPC();
  const asked = { limit: SHOWN_MAX, ...(search === "" ? {} : { search }) };
  const kept = <T,>(before: T | undefined) => before;
  const endpoints = useQuery({ ...trpc.endpoint.list.queryOptions(asked), placeholderData: kept }).data?.items ?? [];
  const models = useQuery({ ...trpc.model.list.queryOptions(asked), placeholderData: kept }).data?.items ?? [];
  return (
    <>
      {endpoints.length === 0 ? null : (
        <Group heading="Endpoints">
          {endpoints.map(({ uid, name, environment }) => (
            <Item key={uid} value={uid} onSelect={go(screenPaths.endpoint(environment, name))}>
              <Radio aria-hidden /> {name} <span className="text-muted">{environment}</span>
            </Item>
          ))}
        </Group>
      )}
      {models.length === 0 ? null : (
        <Group heading="Models">
          {models.map(({ id, name }) => (
            <Item key={id} value={id} onSelect={go(screenPaths.model(name))}>
              <Boxes aria-hidden /> {name}
            </Item>
          ))}
        </Group>
      )}
    </>
  );
}

const Group = ({ heading, children }: { heading: string; children: ReactNode }) => (
  <Command.Group
    heading={heading}
    className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-label [&_[cmdk-group-heading]]:text-muted"
  >
    {children}
  </Command.Group>
);

const Item = (props: { value: string; onSelect: () => void; children: ReactNode }) => (
  <Command.Item
    {...props}
    className="flex min-h-row cursor-pointer items-center gap-2 rounded-small px-2 data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:text-muted"
  />
);
