/** A mount of a container and the folder that stands for it on this machine. */
export type Mount = { mountPath: string; folder: string };

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Replaces mount paths, whole path segments only, longest first: `/data/x` never becomes part of `/data`'s folder. */
export const withFolders = (text: string, mounts: readonly Mount[]): string => {
  if (mounts.length === 0) return text;
  const trimmed = mounts.map(({ mountPath, folder }) => ({ path: mountPath.replace(/\/+$/, "") || "/", folder }));
  const folders = new Map(trimmed.map(({ path, folder }) => [path, folder]));
  const paths = [...folders.keys()].sort((a, b) => b.length - a.length).map(escaped);
  const pattern = new RegExp(`(?<![\\w./-])(?:${paths.join("|")})(?=$|[/:,;\\s"'])`, "g");
  return text.replace(pattern, (path) => folders.get(path) ?? path);
};

const SERVICE_NAME =
  /(?<![\w.-])([a-z]([-a-z0-9]*[a-z0-9])?)\.([a-z0-9]([-a-z0-9]*[a-z0-9])?)\.svc(\.cluster\.local)?\.?(?![\w.-])/g;

/** Replaces `<service>.<namespace>.svc[.cluster.local]` by its cluster address; unknown services stay as they are. */
export const withAddresses = (
  text: string,
  clusterIpOf: (namespace: string, service: string) => string | undefined,
): string =>
  text.replace(
    SERVICE_NAME,
    (name: string, service: string, _: string, namespace: string) => clusterIpOf(namespace, service) ?? name,
  );
