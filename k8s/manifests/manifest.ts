import { ANNOTATION, LABEL, MANAGED_BY } from "#domain/shared/cluster-names.ts";
import { stableHash } from "#domain/shared/stable-hash.ts";

/** An object as we render it: plain JSON, of which absent means "not ours to say". */
export type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    labels: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: OwnerReference[];
    /** Preconditions of the apply, not fields. */
    uid?: string;
    resourceVersion?: string;
  };
  [field: string]: unknown;
};
export type OwnerReference = { apiVersion: string; kind: string; name: string; uid: string };

/** Where objects are rendered to, and for whom. */
export type Scope = {
  installationId: string;
  /** Name of the environment. */
  environment: string;
  namespace: string;
  /** Before `<program>:<release>`, with its closing slash. */
  imagePrefix: string;
  release: string;
};

export const imageOf = ({ imagePrefix, release }: Scope, program: string): string =>
  `${imagePrefix}${program}:${release}`;

/** `name` is what people filter by: the endpoint's, or the program's. */
export const labelsOf = (scope: Scope, component: string, name: string): Record<string, string> => ({
  [LABEL.managedBy]: MANAGED_BY,
  [LABEL.name]: name,
  [LABEL.installation]: scope.installationId,
  [LABEL.component]: component,
});

/** Adds the hash by which a rendering is told from the one before it, which may have held fields that this one drops. */
export function hashed(manifest: Manifest): Manifest {
  const { uid: _uid, resourceVersion: _version, ...identity } = manifest.metadata;
  const annotations = {
    ...manifest.metadata.annotations,
    [ANNOTATION.renderedHash]: stableHash({ ...manifest, metadata: identity }),
  };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}
