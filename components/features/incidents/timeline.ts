import { changeWords } from "#components/endpoint/plan-words.ts";
import type { IncidentDetail } from "./incident-type.ts";

export type Entry = Readonly<{
  key: string;
  at: string;
  /** Null: Slipway itself. */
  by: string | null;
  /** Follows the name: "took it". */
  words: string;
  /** What somebody wrote. */
  note: string;
}>;

/** What happened, oldest first: before it began, and from then on. `clock` tells a moment by the reader's clock. */
export function timelineOf(
  incident: IncidentDetail,
  clock: (at: string) => string,
): { before: Entry[]; since: Entry[] } {
  const all = [...changes(incident), ...acts(incident, clock)].sort(byTime);
  const messages = incident.messages.map(
    (message): Entry => ({
      key: `message-${message.at}`,
      at: message.deliveredAt ?? message.at,
      by: null,
      words: messageWords(message),
      note: "",
    }),
  );
  const own: Entry[] = [
    { key: "began", at: incident.since, by: null, words: `saw it first: ${incident.cause}`, note: "" },
    { key: "opened", at: incident.openedAt, by: null, words: "opened the incident", note: "" },
  ];
  // What a person ended is among the acts.
  const ended = incident.resolvedAt !== null && !incident.acts.some(({ action }) => action === "incident.resolve");
  if (ended && incident.resolvedAt !== null)
    own.push({
      key: "ended",
      at: incident.resolvedAt,
      by: null,
      words: "saw all targets met again and ended it",
      note: "",
    });
  return {
    before: all.filter(({ at }) => at < incident.since),
    since: [...own, ...messages, ...all.filter(({ at }) => at >= incident.since)].sort(byTime),
  };
}

// A stable sort: of one moment, the order given above.
const byTime = (a: Entry, b: Entry): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

const changes = ({ plans }: IncidentDetail): Entry[] =>
  plans.map((plan) => ({
    key: `plan-${plan.number}`,
    at: plan.firstServedAt ?? plan.decidedAt,
    by: plan.decidedBy,
    words: `${lower(changeWords(plan))}: change #${plan.number}${plan.firstServedAt === null ? `, ${plan.status}` : ""}`,
    note: plan.reason,
  }));

const acts = ({ acts }: IncidentDetail, clock: (at: string) => string): Entry[] =>
  acts.map(({ action, by, at, reason, silencedUntil }, index) => ({
    key: `act-${index}`,
    at,
    by,
    words: actWords(action, silencedUntil === null ? null : clock(silencedUntil)),
    note: reason,
  }));

function actWords(action: string, until: string | null): string {
  switch (action) {
    case "incident.acknowledge":
      return "took it";
    case "incident.note":
      return "wrote";
    case "incident.resolve":
      return "resolved it";
    case "incident.silence":
      return until === null ? "ended the silence" : `silenced its messages until ${until}`;
    default:
      return "changed the health targets";
  }
}

function messageWords({ event, deliveredAt, attempts, lastError }: IncidentDetail["messages"][number]): string {
  const what = event.replace("incident.", "");
  if (deliveredAt !== null) return `told the webhook that it was ${what}`;
  return attempts === 0
    ? `is about to tell the webhook that it was ${what}`
    : `could not tell the webhook that it was ${what}, ${attempts} ${attempts === 1 ? "attempt" : "attempts"}: ${lastError ?? ""}`;
}

const lower = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);
