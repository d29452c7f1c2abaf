import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { connectKube } from "#k8s/client/kube.ts";
import type { Manifest } from "#k8s/client/objects.ts";

const FOLDER = join(import.meta.dirname, "../../k8s/install/environment");
const MANAGER = "slipway-start";

/** What an administrator would apply to a real cluster: namespace, ServiceAccounts, Roles and their bindings. */
export async function applyLocalEnvironment(kubeconfig: string, namespace: string): Promise<void> {
  const kube = await connectKube({ kubeconfig });
  const manifests = readManifests().map((manifest) => inNamespace(manifest, namespace));
  // The namespace first: the others lie in it.
  manifests.sort((a, b) => Number(b.kind === "Namespace") - Number(a.kind === "Namespace"));
  for (const manifest of manifests) await kube.apply(manifest, { manager: MANAGER, force: true });
  kube.dropConnections();
}

function readManifests(): Manifest[] {
  const files = readdirSync(FOLDER).filter((name) => /\.ya?ml$/.test(name) && name !== "kustomization.yaml");
  return files.flatMap((name) =>
    parseAllDocuments(readFileSync(join(FOLDER, name), "utf8"))
      .map((document) => document.toJS() as Manifest | null)
      .filter((manifest) => manifest !== null),
  );
}

/** What kustomize's `namespace:` does. */
function inNamespace(manifest: Manifest, namespace: string): Manifest {
  const before = manifest.metadata.namespace;
  if (manifest.kind === "Namespace") return { ...manifest, metadata: { ...manifest.metadata, name: namespace } };
  const subjects = manifest.subjects as { namespace?: string }[] | undefined;
  return {
    ...manifest,
    metadata: { ...manifest.metadata, namespace },
    ...(subjects === undefined
      ? {}
      : { subjects: subjects.map((s) => (s.namespace === before ? { ...s, namespace } : s)) }),
  };
}
