import { execFileSync } from "node:child_process";
import { chownSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** How to run a program that refuses to be root. */
export type Unprivileged = Readonly<{
  /** Put before the program's own command line. */
  prefix: readonly string[];
  uid?: number;
  gid?: number;
  /** Makes a path of ours the program's own. */
  give(path: string): void;
}>;

const AS_WE_ARE: Unprivileged = { prefix: [], give: () => undefined };

/**
 * As we are, unless we are root: then as a user that every system has (we add none). Where that user cannot reach
 * `paths`, such as below /root, as the same process seen through a user namespace, in which it is not root.
 * Throws an Error that says what to do when neither can be.
 */
export function unprivilegedFor(paths: readonly string[]): Unprivileged {
  if (process.getuid?.() !== 0) return AS_WE_ARE;
  const user = ordinaryUser();
  const closed = paths.map(closedParentOf).find((parent) => parent !== undefined);
  if (closed === undefined) {
    return { prefix: [], uid: user.uid, gid: user.gid, give: (path) => chownSync(path, user.uid, user.gid) };
  }
  const prefix = ["unshare", "--user", `--map-user=${user.uid}`, `--map-group=${user.gid}`, "--"];
  if (works([...prefix, "true"])) return { prefix, give: () => undefined };
  throw new Error(
    `PostgreSQL does not run as root, and the user ${user.name} cannot pass through ${closed}: ` +
      `\`chmod o+x ${closed}\`, choose a SLIPWAY_HOME elsewhere, or run as another user.`,
  );
}

function ordinaryUser(): { name: string; uid: number; gid: number } {
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("PostgreSQL does not run as root and there is no user postgres or nobody: run as another user.");
}

/** The outermost folder on the way to `path` that others may not pass through. */
function closedParentOf(path: string): string | undefined {
  const real = realpathSync(path);
  const above = dirname(real) === real ? undefined : closedParentOf(dirname(real));
  if (above !== undefined) return above;
  return (statSync(real).mode & 0o001) === 0 ? real : undefined;
}

function works([command = "", ...args]: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
