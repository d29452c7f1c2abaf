import { mkdirSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { KubeObject } from "../store/types.ts";
import { ConfigError, type ContainerSpec, type EnvContext, expand, resolveEnv } from "./env.ts";
import type { Image } from "./images.ts";
import type { LaunchInput } from "./processes.ts";
import { type Mount, withAddresses, withFolders } from "./substitute.ts";

export type PodFolders = {
  /** Home and working directory of its programs. */
  home: string;
  temporary: string;
  /** Volume name → folder. */
  volumes: ReadonlyMap<string, string>;
  /** File with the ServiceAccount's credentials. */
  kubeconfig: string | undefined;
};

export type LaunchContext = EnvContext & {
  folders: PodFolders;
  service: (namespace: string, name: string) => KubeObject | undefined;
};

const mountsOf = (container: ContainerSpec, volumes: ReadonlyMap<string, string>): Mount[] =>
  (container.volumeMounts ?? []).map(({ name, mountPath, subPath }) => {
    const folder = volumes.get(name);
    if (folder === undefined) throw new ConfigError(`volume "${name}" of mount ${mountPath} not found`);
    if (subPath === undefined || subPath === "") return { mountPath, folder };
    if (isAbsolute(subPath) || subPath.split("/").includes(".."))
      throw new ConfigError(`subPath ${subPath} leaves its volume`);
    const inside = join(folder, subPath);
    mkdirSync(inside, { recursive: true, mode: 0o700 });
    return { mountPath, folder: inside };
  });

const clusterIp = (service: KubeObject | undefined): string | undefined => {
  const address: unknown = service?.spec.clusterIP;
  return typeof address === "string" && address !== "None" && address !== "" ? address : undefined;
};

/** Our own variables come first, so that a container's spec may set them; nothing else of this process is inherited. */
const baseEnv = ({ pod, folders }: LaunchContext): Record<string, string> => ({
  PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
  HOME: folders.home,
  TMPDIR: folders.temporary,
  HOSTNAME: pod.metadata.name,
  ...(folders.kubeconfig === undefined ? {} : { KUBECONFIG: folders.kubeconfig }),
});

/**
 * What to start for a container: its image's command, arguments and variables, with mount paths and service names replaced by what
 * they are on this machine. Throws `ConfigError` when something it refers to is missing.
 */
export const launchOf = (
  container: ContainerSpec,
  image: Image | null,
  context: LaunchContext,
): Omit<LaunchInput, "folder"> => {
  const mounts = mountsOf(container, context.folders.volumes);
  const localize = (text: string) =>
    withAddresses(withFolders(text, mounts), (namespace, name) => clusterIp(context.service(namespace, name)));
  const declared = resolveEnv(container, context);
  const own = (text: string) => localize(expand(text, declared));
  const command = container.command?.length ? container.command.map(own) : (image?.command ?? []);
  const env = Object.fromEntries(Object.entries(declared).map(([name, value]) => [name, localize(value)]));
  return {
    command: [...command, ...(container.args ?? []).map(own)],
    env: { ...baseEnv(context), ...image?.env, ...env },
    cwd: container.workingDir === undefined ? context.folders.home : localize(container.workingDir),
  };
};
