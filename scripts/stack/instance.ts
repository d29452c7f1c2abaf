import { askHolder, takeExclusive } from "./exclusive.ts";

/** What a running installation says of itself. */
export type InstanceState = { pid: number; home: string; state: "starting" | "ready" | "stopping"; url?: string };

export type Instance = Readonly<{ update(change: Partial<InstanceState>): void; release(): void }>;

const PURPOSE = "instance";

/**
 * Takes the one place that runs on `home`, an existing folder. Waits for an instance that is stopping; throws an Error
 * that says who runs it otherwise.
 */
export async function takeInstance(home: string, onWait: (holder: InstanceState) => void): Promise<Instance> {
  const state: InstanceState = { pid: process.pid, home, state: "starting" };
  for (;;) {
    const held = await takeExclusive(PURPOSE, home, () => JSON.stringify(state));
    if (held !== undefined) return { update: (change) => Object.assign(state, change), release: held.release };
    const holder = await askInstance(home);
    if (holder === undefined) continue;
    if (holder.state.state !== "stopping") throw new Error(describe(holder.state));
    onWait(holder.state);
    await holder.gone;
  }
}

/** Who runs on `home` now; `gone` resolves when it has ended. Undefined: nobody. */
export async function askInstance(home: string): Promise<{ state: InstanceState; gone: Promise<void> } | undefined> {
  const holder = await askHolder(PURPOSE, home);
  return holder && { state: JSON.parse(holder.answer) as InstanceState, gone: holder.gone };
}

const describe = ({ home, pid, state, url }: InstanceState) =>
  `Slipway already runs on ${home}: pid ${pid}, ${state}${url === undefined ? "" : `, ${url}`}. ` +
  "Stop it with Ctrl-C there, or set SLIPWAY_HOME to start another.";
