"use client";

import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Boxes, Keyboard, type LucideIcon, Monitor, Moon, Plus, Radio, Split, Sun, Undo2 } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { useTheme } from "next-themes";
import { Dialog } from "radix-ui";
import { type ReactNode, useDeferredValue, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { endpointHere, hrefOf, NAV_BELOW, NAV_MAIN } from "./nav-items.ts";
import { useEnvironment } from "./use-environment.ts";

const SHOWN_MAX = 8;
const NAME_LENGTH_MAX = 40;
/** Of the endpoints found, the first ones also offer what can be done with them. */
const ACTED_ON_MAX = 3;

type CommandPaletteProps = Readonly<{ onClose: () => void; onHelp: () => void }>;

/** Jump to a screen, a model or an endpoint by a part of its name, or do something with it. */
export function CommandPalette({ onClose, onHelp }: CommandPaletteProps) {
  const [text, setText] = useState("");
  const search = useDeferredValue(text.trim().toLowerCase()).slice(0, NAME_LENGTH_MAX);
  const router = useRouter();
  const then = (act: () => void) => () => {
    onClose();
    act();
  };
  const go = (href: string) => then(() => router.push(href));
  const here = endpointHere(usePathname());
  const { name: environment } = useEnvironment();
  const { setTheme } = useTheme();
  const named = <Named extends { label: string }>(all: readonly Named[]) =>
    all.filter(({ label }) => search.split(/\s+/).every((word) => label.toLowerCase().includes(word)));
  const actions: readonly Action[] = [
    ...(here === null ? [] : actionsOf(here.environment, here.endpoint)),
    { label: "New endpoint…", icon: Plus, href: `${screenPaths.endpoints}?new=true` },
    { label: "Register or deploy a version…", icon: Boxes, href: screenPaths.models },
  ];
  const themes = [
    { label: "Theme: light", icon: Sun, theme: "light" },
    { label: "Theme: dark", icon: Moon, theme: "dark" },
    { label: "Theme: as the system", icon: Monitor, theme: "system" },
  ];
  const pages = named([...NAV_MAIN, ...NAV_BELOW]);
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
              {here === null ? null : <Actions heading="Here" actions={named(actions)} go={go} />}
              <Found search={search} go={go} />
              {pages.length === 0 ? null : (
                <Group heading="Screens">
                  {pages.map((page) => (
                    <Item key={page.href} value={page.href} onSelect={go(hrefOf(page, environment))}>
                      <page.icon aria-hidden /> {page.label}
                    </Item>
                  ))}
                </Group>
              )}
              {here === null ? <Actions heading="Do" actions={named(actions)} go={go} /> : null}
              {search === "" ? null : (
                <Group heading="Look">
                  {named(themes).map(({ label, icon: Icon, theme }) => (
                    <Item key={theme} value={label} onSelect={then(() => setTheme(theme))}>
                      <Icon aria-hidden /> {label}
                    </Item>
                  ))}
                </Group>
              )}
              {named([{ label: "Keys" }]).map(({ label }) => (
                <Item key={label} value={label} onSelect={then(onHelp)}>
                  <Keyboard aria-hidden /> {label}
                </Item>
              ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type Action = Readonly<{ label: string; icon: LucideIcon; href: string }>;

/** What can be done with an endpoint: each is a dialog or a sheet of its page, which an address opens. */
const actionsOf = (environment: string, endpoint: string): Action[] => {
  const page = screenPaths.endpoint(environment, endpoint);
  return [
    { label: `Roll back ${endpoint}…`, icon: Undo2, href: `${page}?rollback=0` },
    { label: `Change traffic of ${endpoint}…`, icon: Split, href: `${page}?change=traffic` },
  ];
};

type ActionsProps = Readonly<{ heading: string; actions: readonly Action[]; go: (href: string) => () => void }>;

const Actions = ({ heading, actions, go }: ActionsProps) =>
  actions.length === 0 ? null : (
    <Group heading={heading}>
      {actions.map(({ label, icon: Icon, href }) => (
        <Item key={href} value={href} onSelect={go(href)}>
          <Icon aria-hidden /> {label}
        </Item>
      ))}
    </Group>
  );

/** "roll back credit" finds the endpoint too: a verb before a name says what to do with it. */
const VERBS = /^(roll ?back|change traffic( of)?|deploy( to)?)\s+/;

function Found({ search, go }: { search: string; go: (href: string) => () => void }) {
  const trpc = useTRPC();
  const name = search.replace(VERBS, "");
  const asked = { limit: SHOWN_MAX, ...(name === "" ? {} : { search: name }) };
  const kept = <T,>(before: T | undefined) => before;
  // What the text before had found stays until the new answer is there, and must not be chosen by Enter unless it fits.
  const fits = (found: Readonly<{ name: string }>) => found.name.toLowerCase().includes(name);
  const endpoints = (
    useQuery({ ...trpc.endpoint.list.queryOptions(asked), placeholderData: kept }).data?.items ?? []
  ).filter(fits);
  const models = (useQuery({ ...trpc.model.list.queryOptions(asked), placeholderData: kept }).data?.items ?? []).filter(
    fits,
  );
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
      {search === "" ? null : (
        <Actions
          heading="Do"
          actions={endpoints
            .slice(0, ACTED_ON_MAX)
            .flatMap(({ environment, name: endpoint }) => actionsOf(environment, endpoint))}
          go={go}
        />
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
