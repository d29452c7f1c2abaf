"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { ListState } from "./list-state.tsx";
import { NamedRoleSheet } from "./named-role-sheet.tsx";
import { PeopleList } from "./people-list.tsx";
import { Refused } from "./refused.tsx";
import { SecretDialog, type Shown } from "./secret-dialog.tsx";

const PAGE = 100;

export function PeopleView() {
  const trpc = useTRPC();
  const refusal = useRefusal("person:manage");
  const [inviting, setInviting] = useState(false);
  const [shown, setShown] = useState<Shown | null>(null);
  const people = useInfiniteQuery({
    ...trpc.person.list.infiniteQueryOptions({ limit: PAGE }, { getNextPageParam: ({ nextCursor }) => nextCursor }),
    enabled: refusal === null,
  });
  const rows = people.data?.pages.flatMap(({ items }) => items) ?? [];
  const invite = (
    <Button look="filled" refusal={refusal} onClick={() => setInviting(true)}>
      Invite
    </Button>
  );
  return (
    <>
      <PageHeader title="People" actions={invite}>
        Who can sign in, and with which rights.
      </PageHeader>
      {refusal === null ? (
        <Card flush>
          {rows.length > 0 ? <PeopleList rows={rows} onSecret={setShown} /> : null}
          <ListState query={people} what="the people" />
        </Card>
      ) : (
        <Refused sentence={refusal} />
      )}
      {inviting ? <InviteSheet onClose={() => setInviting(false)} onSecret={setShown} /> : null}
      <SecretDialog shown={shown} onClose={() => setShown(null)} />
    </>
  );
}

function InviteSheet({ onClose, onSecret }: { onClose: () => void; onSecret: (shown: Shown) => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const create = useMutation(
    trpc.person.create.mutationOptions({
      onSuccess: async ({ name, email: address, password }) => {
        onClose();
        onSecret({
          title: `${name} is invited`,
          description: `Give them this password: they sign in as ${address} and can change it. It is shown this once.`,
          secret: password ?? "",
          label: "Copy password",
        });
        await queries.invalidateQueries(trpc.person.list.pathFilter());
      },
    }),
  );
  const failure = create.error === null ? null : failureOf(create.error);
  return (
    <NamedRoleSheet
      title="Invite somebody"
      description="No e-mail is sent: you get a password to hand over."
      action="Invite"
      nameLabel="Name"
      nameHint="As others see it beside what they changed."
      busy={create.isPending}
      failure={failure}
      onClose={onClose}
      onSubmit={(given) => create.mutate({ ...given, email })}
    >
      <Field label="E-mail" error={failure?.fields.email}>
        <Input type="email" value={email} onChange={(event) => setEmail(event.target.value)} autoComplete="off" />
      </Field>
    </NamedRoleSheet>
  );
}
