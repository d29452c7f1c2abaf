import { expect, test } from "vitest";
import type { IncidentDetail } from "./incident-type.ts";
import { timelineOf } from "./timeline.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 4, 9, 2, minute)).toISOString();
const plan = (number: number, firstServedAt: string | null): IncidentDetail["plans"][number] => ({
  number,
  kind: "traffic",
  entries: [],
  status: firstServedAt === null ? "pending" : "applied",
  acknowledged: null,
  routerSilent: null,
  decidedAt: at(40),
  decidedBy: "Ada",
  reason: "",
  when: "now",
  repeatsPlan: null,
  rolledBackFrom: null,
  firstServedAt,
  appliedAt: null,
  supersededAt: null,
  failure: null,
});
const act = (action: string, minute: number, reason = ""): IncidentDetail["acts"][number] => ({
  action,
  by: "Bo",
  at: at(minute),
  reason,
  silencedUntil: null,
});
const incident = (over: Partial<IncidentDetail>): IncidentDetail =>
  ({
    cause: "it answers errors",
    since: at(51),
    openedAt: at(53),
    resolvedAt: null,
    acts: [],
    messages: [],
    plans: [],
    ...over,
  }) as IncidentDetail;
const told = (over: Partial<IncidentDetail>) => {
  const { before, since } = timelineOf(incident(over), (moment) => moment.slice(11, 16));
  const line = ({ at: when, by, words, note }: (typeof since)[number]) =>
    `${when.slice(14, 16)} ${by ?? "Slipway"} ${words}${note === "" ? "" : ` “${note}”`}`;
  return { before: before.map(line), since: since.map(line) };
};

test("what changed before it began stands apart from what was done since, each in the order of time", () => {
  const acts = [
    act("endpoint.setHealthTargets", 30),
    act("incident.acknowledge", 55),
    act("incident.note", 57, "it divides by zero"),
  ];
  expect(told({ plans: [plan(42, at(58)), plan(41, at(48))], acts })).toEqual({
    before: ["30 Bo changed the health targets", "48 Ada changed traffic: change #41"],
    since: [
      "51 Slipway saw it first: it answers errors",
      "53 Slipway opened the incident",
      "55 Bo took it",
      "57 Bo wrote “it divides by zero”",
      "58 Ada changed traffic: change #42",
    ],
  });
});

test("it ends once, by whom it was ended", () => {
  expect(told({ resolvedAt: at(59) }).since.at(-1)).toBe("59 Slipway saw all targets met again and ended it");
  expect(told({ resolvedAt: at(59), acts: [act("incident.resolve", 59)] }).since.slice(2)).toEqual([
    "59 Bo resolved it",
  ]);
});

test("a message that did not arrive says so, and a silence says until when", () => {
  const message = { event: "incident.opened", at: at(53), deliveredAt: null, attempts: 2, lastError: "answered 500" };
  const acts = [{ ...act("incident.silence", 54), silencedUntil: at(59) }, act("incident.silence", 56)];
  expect(told({ messages: [message], acts }).since.slice(2)).toEqual([
    "53 Slipway could not tell the webhook that it was opened, 2 attempts: answered 500",
    "54 Bo silenced its messages until 02:59",
    "56 Bo ended the silence",
  ]);
});
