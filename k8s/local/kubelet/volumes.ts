import { chmodSync, mkdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { KubeObject } from "../store/types.ts";
import { writeWhole } from "../whole-file.ts";
import { ConfigError, dataOf, type EnvContext, fieldValue } from "./env.ts";

type Item = { key: string; path: string; mode?: number };
type KeySource = { items?: Item[]; optional?: boolean };
type DownwardItem = { path: string; fieldRef?: { fieldPath: string } };
type Projection = {
  secret?: KeySource & { name: string };
  configMap?: KeySource & { name: string };
  downwardAPI?: { items?: DownwardItem[] };
  serviceAccountToken?: { path: string };
};
type Volume = {
  name: string;
  emptyDir?: unknown;
  secret?: KeySource & { secretName: string };
  configMap?: KeySource & { name: string };
  downwardAPI?: { items?: DownwardItem[] };
  projected?: { sources?: Projection[] };
  persistentVolumeClaim?: { claimName: string };
};

export type VolumeContext = EnvContext & {
  /** Folder of this pod's volumes; goes with the pod. */
  volumesDir: string;
  claimFolder: (claimName: string) => string | undefined;
  /** Bearer token of the pod's ServiceAccount; undefined when it has none. */
  token: () => string | undefined;
};

type File = { path: string; content: Buffer | string };

const keyFiles = (
  resource: "secrets" | "configmaps",
  name: string,
  source: KeySource,
  { get }: VolumeContext,
): File[] => {
  const object = get(resource, name);
  if (object === undefined && source.optional === true) return [];
  if (object === undefined)
    throw new ConfigError(`${resource === "secrets" ? "secret" : "configmap"} "${name}" not found`);
  const data = dataOf(object);
  if (source.items === undefined) return [...data].map(([path, content]) => ({ path, content }));
  return source.items.flatMap(({ key, path }) => {
    const content = data.get(key);
    if (content !== undefined) return [{ path, content }];
    if (source.optional === true) return [];
    throw new ConfigError(`references non-existent ${resource === "secrets" ? "secret" : "config"} key: ${key}`);
  });
};

const mapText = (map: Record<string, string> = {}): string =>
  Object.entries(map)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join("\n");

const downwardFiles = (items: readonly DownwardItem[], context: VolumeContext): File[] =>
  items.flatMap(({ path, fieldRef }) => {
    if (fieldRef === undefined) return [];
    const { labels, annotations } = context.pod.metadata;
    if (fieldRef.fieldPath === "metadata.labels") return [{ path, content: mapText(labels) }];
    if (fieldRef.fieldPath === "metadata.annotations") return [{ path, content: mapText(annotations) }];
    return [{ path, content: fieldValue(fieldRef.fieldPath, context) }];
  });

const projectedFiles = (source: Projection, context: VolumeContext): File[] => {
  if (source.secret) return keyFiles("secrets", source.secret.name, source.secret, context);
  if (source.configMap)
    return keyFiles("configmaps", source.configMap.name, { optional: true, ...source.configMap }, context);
  if (source.downwardAPI) return downwardFiles(source.downwardAPI.items ?? [], context);
  const token = source.serviceAccountToken && context.token();
  return token === undefined ? [] : [{ path: source.serviceAccountToken?.path ?? "token", content: token }];
};

const filesOf = (volume: Volume, context: VolumeContext): File[] | undefined => {
  if (volume.secret) return keyFiles("secrets", volume.secret.secretName, volume.secret, context);
  if (volume.configMap) return keyFiles("configmaps", volume.configMap.name, volume.configMap, context);
  if (volume.downwardAPI) return downwardFiles(volume.downwardAPI.items ?? [], context);
  if (volume.projected) return (volume.projected.sources ?? []).flatMap((source) => projectedFiles(source, context));
  return undefined;
};

/** Replaces each file at once: after a restart of the kubelet a program may be reading it. */
const writeFiles = (folder: string, files: readonly File[]) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { path, content } of files) {
    const inside = normalize(path);
    if (inside.startsWith("..") || inside.startsWith("/")) throw new ConfigError(`path ${path} leaves its volume`);
    const target = join(folder, inside);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    writeWhole(target, content);
  }
};

const prepare = (volume: Volume, context: VolumeContext): string => {
  if (volume.persistentVolumeClaim) {
    const folder = context.claimFolder(volume.persistentVolumeClaim.claimName);
    if (folder === undefined)
      throw new ConfigError(`persistentvolumeclaim "${volume.persistentVolumeClaim.claimName}" not found`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    return folder;
  }
  const folder = join(context.volumesDir, volume.name);
  const files = filesOf(volume, context);
  if (files !== undefined) writeFiles(folder, files);
  else if (volume.emptyDir !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
  else throw new ConfigError("its type is not available on the local cluster");
  return folder;
};

/**
 * Makes the folders and files of a pod's volumes; an emptyDir keeps what it holds.
 * Answers volume name → folder. Throws `ConfigError` with the kubelet's usual sentence.
 */
export const prepareVolumes = (pod: KubeObject, context: VolumeContext): Map<string, string> => {
  const folders = new Map<string, string>();
  for (const volume of (pod.spec.volumes ?? []) as Volume[]) {
    try {
      folders.set(volume.name, prepare(volume, context));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new ConfigError(`MountVolume.SetUp failed for volume "${volume.name}" : ${error.message}`);
    }
  }
  return folders;
};
