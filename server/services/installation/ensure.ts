import { DECIDED_AT_START, STARTER } from "#domain/environment/schema.ts";
import type { Config } from "#server/config/env.ts";
import type { Database, Tx } from "#server/db/client.ts";
import type { Actor, Written } from "#server/services/context.ts";
import { addPerson, subjectOf } from "#server/services/person/people.ts";
import { writeAs } from "#server/services/write.ts";

const SYSTEM: Actor = { kind: "system", id: STARTER, name: STARTER, role: "administrator" };
// Another than 7_114_702, which the leading worker holds (worker/runtime/election.ts).
const ENSURE_LOCK = 7_114_703;

type Given = Pick<Config, "clusterName" | "localEnvironment" | "admin">;

/**
 * What an installation begins with: its own row, the first administrator, the cluster of this process' kubeconfig
 * and an environment in it. Whatever is there stays; only the addresses that this start decided are brought up to
 * date. Safe to call from several processes at once and at every start. `clusterName` is the one it goes by.
 */
export async function ensureInstallation(
  db: Database,
  given: Given,
): Promise<{ installationId: string; clusterName: string }> {
  const write = writeAs(db, SYSTEM, "start", null);
  const alone = <T>(work: (tx: Tx) => Promise<Written<T>>) =>
    write(async (tx) => {
      await tx.$queryRaw`SELECT pg_advisory_xact_lock(${ENSURE_LOCK}::bigint)::text`;
      return work(tx);
    });
  const installationId = await alone(async (tx) => {
    const { id } = await tx.installation.upsert({ where: { singleton: 1 }, create: {}, update: {} });
    return { answer: id, unchanged: true };
  });
  await alone((tx) => ensureAdministrator(tx, given.admin));
  const cluster = await alone((tx) => ensureCluster(tx, given.clusterName));
  await alone((tx) => ensureEnvironment(tx, cluster.id, given.localEnvironment));
  return { installationId, clusterName: cluster.name };
}

/** Only into an installation without people: a changed password stays changed. */
async function ensureAdministrator(tx: Tx, { email, password }: Config["admin"]): Promise<Written<null>> {
  if (password === undefined || (await tx.user.count()) > 0) return { answer: null, unchanged: true };
  const user = await addPerson(tx, {
    email: email.toLowerCase(),
    name: "Administrator",
    role: "administrator",
    password,
  });
  return { answer: null, audit: { action: "person.create", subject: subjectOf(user), after: { role: user.role } } };
}

/** There is one, whatever it is called now: under another name it would be a second cluster with the same namespaces. */
async function ensureCluster(tx: Tx, name: string): Promise<Written<{ id: string; name: string }>> {
  const select = { id: true, name: true };
  const where = { source: "ambient", removedAt: null };
  const known = await tx.cluster.findFirst({ where, orderBy: { createdAt: "asc" }, select });
  if (known !== null) return { answer: known, unchanged: true };
  const made = await tx.cluster.create({ data: { name }, select });
  const audit = { action: "cluster.create", subject: { kind: "cluster", ...made } };
  return { answer: made, audit, change: { kind: "cluster", key: made.id } };
}

async function ensureEnvironment(
  tx: Tx,
  clusterId: string,
  wanted: Config["localEnvironment"],
): Promise<Written<null>> {
  const known = await tx.environment.findFirst({
    where: { clusterId, namespace: wanted.namespace },
    orderBy: { removedAt: { sort: "desc", nulls: "first" } },
  });
  if (known === null) {
    const { id, name } = await tx.environment.create({ data: { ...wanted, clusterId, createdBy: SYSTEM.name } });
    const audit = { action: "environment.create", subject: { kind: "environment", id, name }, after: { ...wanted } };
    return { answer: null, audit, change: { kind: "environment", key: id } };
  }
  // Somebody deleted it: it is not made anew at each start.
  if (known.removedAt !== null) return { answer: null, unchanged: true };
  const decided = (from: Config["localEnvironment"] | typeof known) =>
    Object.fromEntries(DECIDED_AT_START.map((field) => [field, from[field]]));
  const [before, after] = [decided(known), decided(wanted)];
  if (JSON.stringify(before) === JSON.stringify(after)) return { answer: null, unchanged: true };
  const updatedBy = SYSTEM.name;
  await tx.environment.update({ where: { id: known.id }, data: { ...after, updatedBy, generation: { increment: 1 } } });
  const subject = { kind: "environment", id: known.id, name: known.name };
  return {
    answer: null,
    audit: { action: "environment.update", subject, before, after },
    change: { kind: "environment", key: known.id },
  };
}
