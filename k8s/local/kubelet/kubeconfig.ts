/** A kubeconfig as JSON, which is YAML, that signs in with a bearer token. */
export const kubeconfigFor = (input: { server: string; caPem: string; token: string; namespace: string }): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "local",
        cluster: { server: input.server, "certificate-authority-data": Buffer.from(input.caPem).toString("base64") },
      },
    ],
    users: [{ name: "pod", user: { token: input.token } }],
    contexts: [{ name: "local", context: { cluster: "local", user: "pod", namespace: input.namespace } }],
    "current-context": "local",
  });
