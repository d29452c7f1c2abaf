/** Runs a local node in a process of its own, to be killed: `local-node-process.ts INPUT`, JSON of ranges and folders. */
import { startNode } from "#k8s/local/kubelet/node.ts";
import { createStore } from "#k8s/local/store/store.ts";
import { isReady, untilIn } from "./local-node.ts";

type Input = { storeDir: string; serviceCidr: string; dataDir: string; imagesFile: string; podCidr: string };

const { storeDir, serviceCidr, ...rest } = JSON.parse(process.argv[2] ?? "") as Input;
const store = createStore({ dataDir: storeDir, serviceCidr });
const node = await startNode({
  store,
  ...rest,
  apiUrl: "https://127.0.0.1:1",
  caPem: "test",
  tokenForServiceAccount: () => undefined,
  backoffMs: 200,
  onError: (what, error) => console.error(what, error),
});
process.once("SIGTERM", () => void node.close().then(() => process.exit(0)));
await untilIn(store)("every pod to be ready", () => store.list("pods").every(isReady));
console.log("ready");
