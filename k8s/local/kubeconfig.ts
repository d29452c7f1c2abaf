import { stringify } from "yaml";

export type ClusterAccess = { url: string; caPem: string; token: string; namespace?: string };

/** A kubeconfig that holds everything inline: no files, no programs, no proxy. */
export function kubeconfigOf({ url, caPem, token, namespace = "default" }: ClusterAccess): string {
  const name = "slipway-local";
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: url, "certificate-authority-data": Buffer.from(caPem).toString("base64") } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    "current-context": name,
  });
}
