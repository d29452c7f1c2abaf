"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { MoreHorizontal } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import type { Outputs } from "#components/trpc/outputs.ts";
import { useAccount } from "#components/ui/access.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { announce } from "#components/ui/toast.tsx";
import { ROLE_WORDS } from "#domain/access/words.ts";
import { RoleSelect } from "./role-select.tsx";
import type { Shown } from "./secret-dialog.tsx";

type Person = Outputs["person"]["list"]["items"][number];
type Asked = Readonly<{ kind: "disable" | "password"; person: Person }>;

type PeopleListProps = Readonly<{ rows: readonly Person[]; onSecret: (shown: Shown) => void }>;

export function PeopleList({ rows, onSecret }: PeopleListProps) {
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <>
      <ul aria-label="People">
        {rows.map((person) => (
          <PersonRow key={person.id} person={person} onAsk={setAsked} />
        ))}
      </ul>
      {asked === null ? null : <Question asked={asked} onClose={() => setAsked(null)} onSecret={onSecret} />}
    </>
  );
}

function PersonRow({ person, onAsk }: { person: Person; onAsk: (asked: Asked) => void }) {
  const trpc = useTRPC();
  const isReader = useAccount()?.id === person.id;
  const changed = useChanged();
  const setRole = useMutation(
    trpc.person.setRole.mutationOptions(
      changed(({ role }) => `The role of ${person.name} is ${ROLE_WORDS[role].one} now.`),
    ),
  );
  const enable = useMutation(trpc.person.enable.mutationOptions(changed(() => `${person.name} can sign in again.`)));
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b py-2 pr-3 pl-4 last:border-b-0">
      <div className="min-w-0 flex-1 basis-40 break-words">
        <span className="font-medium">{person.name}</span> {isReader ? <Badge>You</Badge> : null}{" "}
        {person.disabledAt === null ? null : <Badge tone="warning">Disabled</Badge>}
        <span className="block text-label text-muted">{person.email}</span>
      </div>
      <div className="w-40 text-label text-muted max-sm:order-3">
        {person.signedInAt === null ? (
          "No open session"
        ) : (
          <>
            Signed in <RelativeTime at={person.signedInAt} />
          </>
        )}
      </div>
      <div className="w-40 max-sm:order-2">
        {isReader ? (
          <>
            {ROLE_WORDS[person.role].one}
            <span className="block text-label text-muted">Another administrator can change it.</span>
          </>
        ) : (
          <RoleSelect
            aria-label={`Role of ${person.name}`}
            value={setRole.isPending ? setRole.variables.role : person.role}
            disabled={setRole.isPending}
            onValueChange={(role) => setRole.mutate({ person: person.id, role })}
          />
        )}
      </div>
      <div>
        <Menu
          trigger={
            <Button look="quiet" size="icon" aria-label={`More about ${person.name}`}>
              <MoreHorizontal aria-hidden />
            </Button>
          }
        >
          <MenuItem onSelect={() => onAsk({ kind: "password", person })}>New password…</MenuItem>
          {person.disabledAt === null ? (
            <MenuItem
              danger
              refusal={isReader ? "Another administrator can disable you." : null}
              onSelect={() => onAsk({ kind: "disable", person })}
            >
              Disable…
            </MenuItem>
          ) : (
            <MenuItem onSelect={() => enable.mutate({ person: person.id })}>Enable</MenuItem>
          )}
        </Menu>
      </div>
    </li>
  );
}

type QuestionProps = Readonly<{ asked: Asked; onClose: () => void; onSecret: (shown: Shown) => void }>;

function Question({ asked: { kind, person }, onClose, onSecret }: QuestionProps) {
  const trpc = useTRPC();
  const changed = useChanged(onClose);
  const disable = useMutation(trpc.person.disable.mutationOptions(changed(() => `${person.name} is signed out.`)));
  const reset = useMutation(
    trpc.person.resetPassword.mutationOptions(
      changed(({ password }) => {
        onSecret({
          title: `New password of ${person.name}`,
          description: "Their sessions have ended. It is shown this once.",
          secret: password ?? "",
          label: "Copy password",
        });
        return null;
      }),
    ),
  );
  const isDisable = kind === "disable";
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={isDisable ? `Disable ${person.name}?` : `A new password for ${person.name}?`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look={isDisable ? "danger" : "filled"}
            busy={disable.isPending || reset.isPending}
            onClick={() => (isDisable ? disable : reset).mutate({ person: person.id })}
          >
            {isDisable ? "Disable" : "Make a new password"}
          </Button>
        </>
      }
    >
      {isDisable
        ? "They are signed out everywhere at once and cannot sign in. Tokens they made and what they deployed stay."
        : "The old one stops working and they are signed out everywhere."}
    </Dialog>
  );
}

/** What follows a change of a person: the list anew and a word about it, or what was refused. */
function useChanged(onDone?: () => void) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return <T,>(words: (answer: T) => string | null) => ({
    onSuccess: async (answer: T) => {
      onDone?.();
      const said = words(answer);
      if (said !== null) announce(said);
      await queries.invalidateQueries(trpc.person.list.pathFilter());
    },
    onError: (error: unknown) => announce("Nothing was changed.", { detail: failureOf(error).message, failed: true }),
  });
}
