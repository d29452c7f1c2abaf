import { roleCan, rolesThatCan } from "#domain/access/matrix.ts";
import type { Permission, Role } from "#domain/access/schema.ts";
import type { EnvironmentKind } from "#domain/environment/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { ChangeFeed } from "#server/db/change-feed.ts";
import type { Database, Tx } from "#server/db/client.ts";
import type { AuditEntry, ChangeKey } from "#server/db/record-change.ts";
import type { Vault } from "#server/db/vault.ts";
import type { Log } from "#server/observability/log.ts";
import type { ArtifactFolder } from "#server/ports/artifacts.ts";
import type { InferenceGateway } from "#server/ports/inference.ts";
import type { ModelInspector } from "#server/ports/inspector.ts";
import type { MetricsSource } from "#server/ports/metrics.ts";
import type { PodLogs } from "#server/ports/pod-logs.ts";
import type { ResumableUploads } from "#server/ports/resumable-uploads.ts";
import type { WorkerQuestions } from "#server/ports/worker-questions.ts";

export type Actor = Readonly<{ kind: "user" | "token" | "system"; id: string; name: string; role: Role }>;

/** What every request of this process shares. */
export type Services = Readonly<{
  db: Database;
  artifacts: ArtifactFolder;
  resumableUploads: ResumableUploads;
  inspector: ModelInspector;
  inference: InferenceGateway;
  metrics: MetricsSource;
  worker: WorkerQuestions;
  podLogs: PodLogs;
  /** Credentials of clusters go into the database through it alone. */
  vault: Vault;
  feed: ChangeFeed;
  uploadBytesMax: number;
  imagePrefix: string;
  /** Where people reach web, without a trailing slash. */
  publicUrl: string;
  /** Migrations of this release. */
  migrationsDir: string;
  /** Whether somebody is told of incidents. */
  webhook: boolean;
  log: Log;
}>;

/**
 * What a writing transaction leaves behind: its answer, and either one audit entry or no change at all.
 * `keptAnswer` stands in for the answer where a repeated request is answered from storage.
 */
export type Written<T> = Readonly<{ answer: T; keptAnswer?: unknown }> &
  (Readonly<{ audit: Omit<AuditEntry, "actor" | "requestId">; change?: ChangeKey }> | Readonly<{ unchanged: true }>);

export type ServiceContext = Services &
  Readonly<{
    actor: Actor;
    requestId: string;
    /** Aborted when the caller goes away. */
    signal: AbortSignal;
    /** The one way to change anything: row, audit row, change row and idempotency row in one transaction. */
    write<T>(work: (tx: Tx) => Promise<Written<T>>): Promise<T>;
  }>;

/** Throws `forbidden`, naming the roles that may. */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (roleCan(actor.role, permission)) return;
  throw new DomainError("forbidden", `Your role ${actor.role} may not do this (${permission}).`, {
    detail: { permission, role: actor.role, rolesThatCan: rolesThatCan(permission) },
  });
}

/** Whoever may change an endpoint may not therefore do it in production. */
export function requireWriteIn(actor: Actor, kind: EnvironmentKind): void {
  if (kind === "production") requirePermission(actor, "production:write");
}
