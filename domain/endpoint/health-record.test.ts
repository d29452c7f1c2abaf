import fc from "fast-check";
import { expect, test } from "vitest";
import { type Blindness, type HealthVerdict, isMissing } from "./health.ts";
import {
  decideIncident,
  type HealthRecord,
  INCIDENT_AFTER_MS,
  type IncidentDecision,
  recordHealth,
} from "./health-record.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 2, 48) + seconds * 1000);
const away = (to: Blindness["to"], second = 0): Blindness => ({ to, why: `no ${to}`, since: at(second) });
const verdict = (over: Partial<HealthVerdict>): HealthVerdict => ({
  state: "Healthy",
  cause: "2 of 2 pods ready",
  revision: null,
  target: null,
  missed: false,
  blind: null,
  ...over,
});
const MET = verdict({});
const MISSED = verdict({
  state: "Degraded",
  cause: "r5 answers errors",
  revision: 5,
  target: "errorRatioMax",
  missed: true,
});
const PODLESS = verdict({
  state: "Failing",
  cause: "r5 has no ready pod",
  revision: 5,
  target: "readyPodsMin",
  missed: true,
});
const BLIND = verdict({ state: "Unknown", missed: null, blind: away("metrics") });
const UNSEEN = verdict({ state: "Unknown", cause: "", missed: null, blind: away("cluster") });
const AFTER = { plan: 41, at: at(0) };

const recordOf = (...looks: readonly (readonly [second: number, verdict: HealthVerdict])[]): HealthRecord =>
  looks.reduce<HealthRecord | null>((record, [second, one]) => recordHealth(record, one, AFTER, at(second)), null) ??
  expect.unreachable();

test("since when holds while a target is missed, whoever is to blame and however bad, with the change before it", () => {
  const first = recordHealth(null, MISSED, AFTER, at(0));
  const second = recordHealth(first, { ...MISSED, cause: "r6 does", revision: 6 }, { plan: 42, at: at(20) }, at(30));
  expect(second).toMatchObject({ cause: "r6 does", revision: 6, since: at(0), missedSince: at(0), after: AFTER });
  const third = recordHealth(second, PODLESS, { plan: 42, at: at(20) }, at(40));
  expect(third).toMatchObject({ state: "Failing", since: at(0), after: AFTER });
  expect(recordHealth(third, MET, AFTER, at(60))).toMatchObject({ since: at(60), missedSince: null, metSince: at(60) });
});

test("what is missed keeps its cause while nobody can see it, and says since when nobody can", () => {
  const record = recordOf([0, MISSED], [30, BLIND], [60, { ...BLIND, blind: away("metrics", 50) }]);
  expect(record).toMatchObject({
    state: "Degraded",
    cause: "r5 answers errors",
    revision: 5,
    since: at(0),
    blind: { why: "no metrics", since: at(0) },
  });
  expect(recordHealth(record, MISSED, AFTER, at(90))).toMatchObject({ since: at(0), blind: null });
});

test("pods that are seen to be ready again are not told missing, though metrics cannot be had", () => {
  expect(recordOf([0, PODLESS], [30, BLIND])).toMatchObject({ state: "Unknown", blind: { to: "metrics" } });
  expect(recordOf([0, PODLESS], [30, UNSEEN])).toMatchObject({ state: "Failing", blind: { to: "cluster" } });
});

/** What a row of looks leads to: "120 open". */
function toldBy(looks: readonly (readonly [second: number, verdict: HealthVerdict])[]): string[] {
  let record: HealthRecord | null = null;
  let open: { severity: string } | null = null;
  const told: string[] = [];
  for (const [second, one] of looks) {
    record = recordHealth(record, one, AFTER, at(second));
    const decision: IncidentDecision = decideIncident(record, one.missed, open, at(second));
    if (decision === "open" || decision === "worsen") open = { severity: record.state };
    if (decision === "resolve") open = null;
    if (decision !== null) told.push(`${second} ${decision}`);
  }
  return told;
}

test("two minutes missed open one incident, two minutes met end it; what nobody can see does neither", () => {
  const looks = [0, 60, 119, 120, 130, 140, 200, 210, 329, 330, 400].map(
    (second) => [second, second < 140 ? MISSED : MET] as const,
  );
  const blindAt = (...seconds: number[]) =>
    looks.map(([second, seen]) => [second, seconds.includes(second) ? BLIND : seen] as const);
  expect(toldBy(blindAt())).toEqual(["120 open", "329 resolve"]);
  expect(toldBy(blindAt(60, 200))).toEqual(["120 open", "330 resolve"]);
  expect(toldBy([0, 10, 120, 400].map((second) => [second, second === 0 ? MISSED : BLIND]))).toEqual([]);
  expect(INCIDENT_AFTER_MS).toBe(120_000);
});

test("an open incident becomes worse once", () => {
  const failing = recordHealth(null, PODLESS, AFTER, at(0));
  expect(decideIncident(failing, true, { severity: "Degraded" }, at(1))).toBe("worsen");
  expect(decideIncident(failing, true, { severity: "Failing" }, at(1))).toBe(null);
});

const timeline = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.constantFrom(MET, MISSED, PODLESS, BLIND, UNSEEN)), {
    minLength: 1,
    maxLength: 40,
  })
  .map((steps) => {
    let second = 0;
    return steps.map(([wait, seen]) => {
      second += wait;
      return [second, seen] as const;
    });
  });

test("never healthy by silence, never forgotten by it: any row of looks", () => {
  fc.assert(
    fc.property(timeline, (looks) => {
      const record = recordOf(...looks);
      const [, latest] = looks.at(-1) ?? expect.unreachable();
      expect(record.state === "Healthy").toBe(latest === MET);
      expect(record.blind === null).toBe(latest.missed !== null);
      if (latest.missed !== null) expect(record.cause).toBe(latest.cause);
      const lastSeen = looks.findLast(([, { missed }]) => missed !== null)?.[1];
      if (lastSeen === MISSED) expect(record).toMatchObject({ state: MISSED.state, cause: MISSED.cause });
      const lastMet = looks.findLastIndex(([, { missed }]) => missed === false);
      const firstMissed = looks.slice(lastMet + 1).find(([, { missed }]) => missed === true);
      expect(record.missedSince).toEqual(firstMissed === undefined ? null : at(firstMissed[0]));
      if (isMissing(record.state)) expect(record.since).toEqual(record.missedSince);
      if (record.state === "Unknown") expect(record.blind).not.toBeNull();
    }),
  );
});

test("incidents open by looks that see a miss of two minutes, and end by two minutes of looks that all meet: any row", () => {
  fc.assert(
    fc.property(timeline, (looks) => {
      const seenAt = (second: number) => looks.findIndex(([when]) => when === second);
      let opened = false;
      for (const line of toldBy(looks)) {
        const [second, decision] = [Number(line.split(" ")[0]), line.split(" ")[1]];
        const until = looks.slice(0, seenAt(second) + 1);
        const [, seen] = until.at(-1) ?? expect.unreachable();
        const other = until.findLastIndex(([, { missed }]) =>
          decision === "resolve" ? missed !== false : missed === false,
        );
        const first = until.slice(other + 1).find(([, { missed }]) => missed === seen.missed) ?? expect.unreachable();
        if (decision === "worsen") {
          expect(seen.state).toBe("Failing");
          continue;
        }
        expect(seen.missed).toBe(decision === "open");
        expect(opened).toBe(decision === "resolve");
        expect((second - first[0]) * 1000).toBeGreaterThanOrEqual(INCIDENT_AFTER_MS);
        opened = decision === "open";
      }
    }),
  );
});
