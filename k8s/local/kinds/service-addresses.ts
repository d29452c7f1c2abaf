import { randomInt } from "node:crypto";
import type { Cause } from "../store/errors.ts";
import type { JsonObject } from "../store/json.ts";
import type { KubeObject } from "../store/types.ts";

const NODE_PORTS = { first: 30_000, last: 32_767 };

/** Hands out cluster addresses and node ports; keeps count by being told of every Service stored or removed. */
export type ServiceAddresses = {
  /** Changes `service`. Answers what cannot be had: an address or a port that another Service holds. */
  assign(service: KubeObject, before: KubeObject | undefined): Cause[];
  track(after: KubeObject | undefined, before: KubeObject | undefined): void;
};

type Port = JsonObject & { nodePort?: number; protocol?: string };

const portsOf = (service: KubeObject): Port[] => (service.spec?.ports as Port[] | undefined) ?? [];
const isExposed = (service: KubeObject) => service.spec?.type === "NodePort" || service.spec?.type === "LoadBalancer";

/** The next address nobody holds, going round; undefined when all are taken. */
function addressPool(cidr: string) {
  const { first, size } = parseCidr(cidr);
  let next = 1;
  return (taken: ReadonlyMap<string, string>): string | undefined => {
    for (let tried = 1; tried < size - 1; tried++, next = (next % (size - 2)) + 1) {
      const address = format(first + next);
      if (!taken.has(address)) return address;
    }
    return undefined;
  };
}

function freeNodePort(taken: ReadonlyMap<number, string>): number | undefined {
  const count = NODE_PORTS.last - NODE_PORTS.first + 1;
  const start = randomInt(count);
  for (let step = 0; step < count; step++) {
    const port = NODE_PORTS.first + ((start + step) % count);
    if (!taken.has(port)) return port;
  }
  return undefined;
}

/** `cidr` lies inside 127/8; its first address is left out, as a router's would be. */
export function createServiceAddresses(cidr: string): ServiceAddresses {
  const freeIn = addressPool(cidr);
  const addresses = new Map<string, string>();
  const nodePorts = new Map<number, string>();

  function assignAddress(service: KubeObject): Cause[] {
    const spec = service.spec;
    if (spec.type === "ExternalName" || spec.clusterIP === "None") {
      if (spec.clusterIP === "None") spec.clusterIPs = ["None"];
      return [];
    }
    spec.clusterIP ||= freeIn(addresses);
    spec.clusterIPs = [spec.clusterIP];
    if (spec.clusterIP === undefined) return [cause("spec.clusterIP", undefined, "no address is left")];
    const holder = addresses.get(spec.clusterIP);
    const taken = holder !== undefined && holder !== service.metadata.uid;
    return taken ? [cause("spec.clusterIPs", [spec.clusterIP], "provided IP is already allocated")] : [];
  }

  function assignNodePorts(service: KubeObject, before: KubeObject | undefined): Cause[] {
    const causes: Cause[] = [];
    for (const [index, port] of portsOf(service).entries()) {
      if (!isExposed(service)) {
        delete port.nodePort;
        continue;
      }
      const kept = before && portsOf(before).find((old) => old.port === port.port && old.protocol === port.protocol);
      const chosen = port.nodePort ?? kept?.nodePort ?? freeNodePort(nodePorts);
      if (chosen !== undefined) port.nodePort = chosen;
      const holder = chosen === undefined ? undefined : nodePorts.get(chosen);
      if (holder !== undefined && holder !== service.metadata.uid) {
        causes.push(cause(`spec.ports[${index}].nodePort`, chosen, "provided port is already allocated"));
      }
    }
    return causes;
  }

  return {
    assign: (service, before) => [...assignAddress(service), ...assignNodePorts(service, before)],
    track(after, before) {
      for (const old of before ? [before] : []) {
        addresses.delete(old.spec.clusterIP);
        for (const port of portsOf(old)) if (port.nodePort !== undefined) nodePorts.delete(port.nodePort);
      }
      if (!after) return;
      const { uid } = after.metadata;
      if (after.spec.clusterIP && after.spec.clusterIP !== "None") addresses.set(after.spec.clusterIP, uid);
      for (const port of portsOf(after)) if (port.nodePort !== undefined) nodePorts.set(port.nodePort, uid);
    },
  };
}

function cause(field: string, value: unknown, message: string): Cause {
  return {
    reason: "FieldValueInvalid",
    message: `Invalid value: ${JSON.stringify(value) ?? "null"}: ${message}`,
    field,
  };
}

const format = (address: number) => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");

function parseCidr(cidr: string): { first: number; size: number } {
  const match = /^(127)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  const [, a, b, c, d, bits] = (match ?? []).map(Number);
  if (a === undefined || b === undefined || c === undefined || d === undefined || bits === undefined) {
    throw new Error(`${cidr} is not a range inside 127.0.0.0/8`);
  }
  const size = 2 ** (32 - bits);
  const address = (a << 24) | (b << 16) | (c << 8) | d;
  return { first: address - (address % size), size };
}
