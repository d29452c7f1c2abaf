import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/** Below those that a product chooses for itself, and below the ephemeral ones, which client sockets take. */
const [FIRST, COUNT] = [10_000, 5_000];
const CLAIMS = path.join(tmpdir(), "slipway-e2e-ports");

/**
 * A free loopback port that no other test process was given: a product listens seconds after its ports were chosen,
 * and several start at a time.
 */
export async function freePort(): Promise<number> {
  mkdirSync(CLAIMS, { recursive: true });
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (isClaimed(port) && (await isFree(port))) return port;
  }
}

/** True once it is ours. A claim ends with the process that made it. */
function isClaimed(port: number): boolean {
  const claim = path.join(CLAIMS, String(port));
  try {
    writeFileSync(claim, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (!isAlive(readClaim(claim))) rmSync(claim, { force: true });
    return false;
  }
}

function readClaim(claim: string): number {
  try {
    return Number(readFileSync(claim, "utf8"));
  } catch {
    return 0;
  }
}

/** A claim that is just being written has no number yet. */
function isAlive(pid: number): boolean {
  if (!(pid > 0)) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
