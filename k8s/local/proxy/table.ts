import { z } from "zod";
import type { KubeObject } from "../store/types.ts";

const endpointSchema = z.object({ host: z.string(), port: z.number().int() });
const listenerSchema = z.object({
  /** `<namespace>/<name>` of the Service. */
  service: z.string(),
  host: z.string(),
  port: z.number().int(),
  /** Ready endpoints; when there is none, those that still serve while they terminate. */
  endpoints: z.array(endpointSchema),
});
/** What the proxy serves; written whole by the node, read by the proxy. */
export const tableSchema = z.object({ listeners: z.array(listenerSchema) });
/** What the proxy cannot listen on; written by the proxy. */
export const proxyStatusSchema = z.object({
  failures: z.array(z.object({ service: z.string(), address: z.string(), message: z.string() })),
});

export type Endpoint = z.infer<typeof endpointSchema>;
export type Listener = z.infer<typeof listenerSchema>;
export type ProxyTable = z.infer<typeof tableSchema>;
export type ProxyStatus = z.infer<typeof proxyStatusSchema>;

type ServicePort = { name?: string; protocol?: string; port: number; nodePort?: number };
type SliceEndpoint = { addresses: string[]; conditions?: { ready?: boolean; serving?: boolean } };

const endpointsOf = (port: ServicePort, slices: readonly KubeObject[]): Endpoint[] => {
  const found = { ready: [] as Endpoint[], serving: [] as Endpoint[] };
  for (const slice of slices) {
    const ports: { name?: string; port: number }[] = slice.ports ?? [];
    const target = ports.find(({ name }) => (name ?? "") === (port.name ?? ""));
    if (target === undefined) continue;
    for (const { addresses, conditions } of (slice.endpoints ?? []) as SliceEndpoint[]) {
      const endpoints = addresses.map((host) => ({ host, port: target.port }));
      if (conditions?.ready !== false) found.ready.push(...endpoints);
      else if (conditions.serving === true) found.serving.push(...endpoints);
    }
  }
  return found.ready.length > 0 ? found.ready : found.serving;
};

/** Addresses one Service is reached at: its cluster address, and a port of the machine when it has a node port. */
export const listenersOf = (
  service: KubeObject,
  slices: readonly KubeObject[],
  nodePortHost = "127.0.0.1",
): Listener[] => {
  const { clusterIP, type, ports = [] } = service.spec;
  const key = `${service.metadata.namespace ?? ""}/${service.metadata.name}`;
  const isOpen = type === "NodePort" || type === "LoadBalancer";
  return (ports as ServicePort[])
    .filter(({ protocol }) => (protocol ?? "TCP") === "TCP")
    .flatMap((port) => {
      const endpoints = endpointsOf(port, slices);
      const inside = clusterIP && clusterIP !== "None" ? [{ host: String(clusterIP), port: port.port }] : [];
      const outside = isOpen && port.nodePort ? [{ host: nodePortHost, port: port.nodePort }] : [];
      return [...inside, ...outside].map((address) => ({ service: key, ...address, endpoints }));
    });
};
