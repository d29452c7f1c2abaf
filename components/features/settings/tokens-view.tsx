"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { curlOf } from "#components/endpoint/curl.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import type { Outputs } from "#components/trpc/outputs.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { announce } from "#components/ui/toast.tsx";
import { ROLE_WORDS } from "#domain/access/words.ts";
import { ListState } from "./list-state.tsx";
import { Refused } from "./refused.tsx";
import { SecretDialog, type Shown } from "./secret-dialog.tsx";

const NamedRoleSheet = dynamic(() => import("./named-role-sheet.tsx").then((file) => file.NamedRoleSheet), {
  ssr: false,
});

type Token = Outputs["token"]["list"]["items"][number];
const PAGE = 100;

export function TokensView() {
  const trpc = useTRPC();
  const refusal = useRefusal("token:manage");
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const tokens = useInfiniteQuery({
    ...trpc.token.list.infiniteQueryOptions({ limit: PAGE }, { getNextPageParam: ({ nextCursor }) => nextCursor }),
    enabled: refusal === null,
  });
  const rows = tokens.data?.pages.flatMap(({ items }) => items) ?? [];
  const make = (
    <Button look="filled" refusal={refusal} onClick={() => setMaking(true)}>
      Make a token
    </Button>
  );
  return (
    <>
      <PageHeader title="Tokens" actions={make}>
        For scripts and pipelines: sent as <code className="font-mono">Authorization: Bearer …</code>
      </PageHeader>
      {refusal === null ? (
        <Card flush>
          {rows.length > 0 ? <TokenTable rows={rows} onRevoke={setRevoking} /> : null}
          {tokens.isSuccess && rows.length === 0 ? (
            <EmptyState
              sentence="No tokens yet. Each has a name, a role, and can be revoked."
              command={curlOf("GET", "/models")}
            />
          ) : null}
          <ListState query={tokens} what="the tokens" />
        </Card>
      ) : (
        <Refused sentence={refusal} />
      )}
      <MakeToken open={making} onClose={() => setMaking(false)} />
      <RevokeDialog token={revoking} onClose={() => setRevoking(null)} />
    </>
  );
}

const TokenTable = ({ rows, onRevoke }: { rows: readonly Token[]; onRevoke: (token: Token) => void }) => (
  <Table label="Tokens">
    <TableHead>
      <HeadCell>Name</HeadCell>
      <HeadCell className="max-sm:hidden">Role</HeadCell>
      <HeadCell className="max-sm:hidden">Made</HeadCell>
      <HeadCell>
        <span className="sr-only">Actions</span>
      </HeadCell>
    </TableHead>
    <tbody>
      {rows.map((token) => (
        <Row key={token.id}>
          <Cell className="wrap-anywhere max-w-80 max-sm:py-2">
            <span className="font-medium">{token.name}</span>
            <span className="block text-label text-muted sm:hidden">
              {ROLE_WORDS[token.role].one} · <Made token={token} />
            </span>
          </Cell>
          <Cell className="max-sm:hidden">{ROLE_WORDS[token.role].one}</Cell>
          <Cell className="whitespace-nowrap text-muted max-sm:hidden">
            <Made token={token} />
          </Cell>
          <Cell className="whitespace-nowrap text-right">
            {token.revokedAt === null ? (
              <Button size="small" look="quiet" aria-label={`Revoke ${token.name}`} onClick={() => onRevoke(token)}>
                Revoke
              </Button>
            ) : (
              <Badge>
                Revoked <RelativeTime at={token.revokedAt} />
              </Badge>
            )}
          </Cell>
        </Row>
      ))}
    </tbody>
  </Table>
);

const Made = ({ token: { createdAt, createdBy } }: { token: Token }) => (
  <>
    <RelativeTime at={createdAt} /> by {createdBy}
  </>
);

function MakeToken({ open, onClose }: { open: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [shown, setShown] = useState<Shown | null>(null);
  const create = useMutation(
    trpc.token.create.mutationOptions({
      onSuccess: async ({ name, token }) => {
        onClose();
        setShown({
          title: `Token ${name}`,
          description: "Keep it now: it is shown this once, and only its hash is kept here.",
          secret: token ?? "",
          label: "Copy token",
        });
        await queries.invalidateQueries(trpc.token.list.pathFilter());
      },
    }),
  );
  return (
    <>
      {open ? (
        <NamedRoleSheet
          title="Make a token"
          description="It acts with the rights of its role until it is revoked."
          action="Make token"
          nameLabel="Name"
          nameHint="What uses it, such as “training pipeline”. It stands in the audit log."
          busy={create.isPending}
          failure={create.error === null ? null : failureOf(create.error)}
          onClose={() => {
            create.reset();
            onClose();
          }}
          onSubmit={(given) => create.mutate(given)}
        />
      ) : null}
      <SecretDialog shown={shown} onClose={() => setShown(null)} />
    </>
  );
}

function RevokeDialog({ token, onClose }: { token: Token | null; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const revoke = useMutation(
    trpc.token.revoke.mutationOptions({
      onSuccess: async ({ name }) => {
        onClose();
        announce(`Token ${name} is revoked.`);
        await queries.invalidateQueries(trpc.token.list.pathFilter());
      },
      onError: (error) => announce("Could not revoke it.", { detail: failureOf(error).message, failed: true }),
    }),
  );
  return (
    <Dialog
      open={token !== null}
      onOpenChange={(open) => !open && onClose()}
      title={`Revoke ${token?.name ?? ""}?`}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            look="danger"
            busy={revoke.isPending}
            onClick={() => token !== null && revoke.mutate({ token: token.id })}
          >
            Revoke
          </Button>
        </>
      }
    >
      Whatever uses it is refused from its next request on. A revoked token stays revoked.
    </Dialog>
  );
}
