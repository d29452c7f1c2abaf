import type { Recorder } from "../controllers/events.ts";
import type { ClusterStore } from "../store/types.ts";
import type { Addresses } from "./addresses.ts";
import type { Images } from "./images.ts";

/** What every pod of the node shares. */
export type NodeContext = {
  store: ClusterStore;
  record: Recorder;
  images: Images;
  addresses: Addresses;
  nodeName: string;
  hostIp: string;
  /** Folder of the pods, `<uid>` each. */
  podsDir: string;
  claimsDir: string;
  machine: { cpus: number; memoryBytes: number };
  /** Contents of a kubeconfig that signs in as this ServiceAccount, and its token; undefined when there is none. */
  credentials: (namespace: string, serviceAccount: string) => { kubeconfig: string; token: string } | undefined;
  /** First delay of a crash loop and of image pulls; doubles up to five minutes. */
  backoffMs: number;
  onError: (what: string, error: unknown) => void;
};
