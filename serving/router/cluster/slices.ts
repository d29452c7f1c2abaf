import { isIP } from "node:net";
import { z } from "zod";
import type { LiveObject } from "#k8s/client/objects.ts";
import type { PodAddress } from "../upstream/pod-set.ts";

const SERVICE_NAME = "kubernetes.io/service-name";
const PORT_NAME = "http";

const sliceSchema = z.object({
  endpoints: z
    .array(
      z.object({
        addresses: z.array(z.string()),
        // Absent means true, as the API defines it.
        conditions: z.object({ ready: z.boolean().nullish(), terminating: z.boolean().nullish() }).nullish(),
        targetRef: z.object({ uid: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
  ports: z
    .array(z.object({ name: z.string().nullish(), port: z.number().int().min(1).max(65_535).nullish() }))
    .nullish(),
});

/** The Service an EndpointSlice belongs to. */
export const serviceOf = (slice: LiveObject): string | undefined => slice.metadata.labels?.[SERVICE_NAME];

/** The pods of each of `services` that may get requests: ready and not terminating. Services without one are in it too. */
export function readyPods(
  slices: Iterable<LiveObject>,
  services: ReadonlySet<string>,
): ReadonlyMap<string, readonly PodAddress[]> {
  const found = new Map<string, PodAddress[]>([...services].map((service) => [service, []]));
  for (const slice of slices) found.get(serviceOf(slice) ?? "")?.push(...podsOf(slice));
  return found;
}

function podsOf(slice: LiveObject): PodAddress[] {
  const parsed = sliceSchema.safeParse(slice);
  if (!parsed.success) return [];
  const ports = parsed.data.ports ?? [];
  const port = (ports.find(({ name }) => name === PORT_NAME) ?? ports[0])?.port;
  if (port === undefined || port === null) return [];
  return (
    (parsed.data.endpoints ?? [])
      // Only addresses: a host name would make every request wait for somebody else's DNS.
      .filter(
        ({ addresses: [host], conditions }) =>
          isIP(host ?? "") !== 0 && conditions?.ready !== false && conditions?.terminating !== true,
      )
      .flatMap(({ addresses: [host], targetRef }) =>
        host === undefined ? [] : [{ id: targetRef?.uid ?? "", host, port }],
      )
  );
}
