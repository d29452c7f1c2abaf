import { createHash, randomBytes } from "node:crypto";
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { quantile } from "#e2e/support/load.ts";
import { type Product, startProduct } from "#e2e/support/product.ts";

const BYTES = 1024 ** 3;
const BLOCK_BYTES = 1024 ** 2;
const ROUNDS = 3;
const TOKEN = "bench-upload-administrator-token-0123456789";

/** Row 8 of the design's section 11: an upload of 1 GiB against a copy with its SHA-256 in one process, both on disk at the end. */
export async function run() {
  const product = await startProduct({ env: { SLIPWAY_ADMIN_TOKEN: TOKEN } });
  const folder = mkdtempSync(path.join(tmpdir(), "slipway-bench-"));
  const file = path.join(folder, "model.bin");
  try {
    const oursMs: number[] = [];
    const copyMs: number[] = [];
    const memory = watchMemory(product);
    const idleMb = memory.peakMb();
    for (let round = 0; round < ROUNDS; round += 1) {
      // Other bytes each time: what is stored already could be skipped.
      await fill(file);
      copyMs.push(await timed(() => copyWithDigest(file, path.join(folder, "copy"))));
      memory.begin();
      oursMs.push(await timed(() => upload(product, file)));
      memory.end();
    }
    return {
      name: "copy + SHA-256 / upload of 1 GiB",
      ratio: quantile(copyMs, 0.5) / quantile(oursMs, 0.5),
      details: {
        rounds: ROUNDS,
        oursMsMedian: quantile(oursMs, 0.5),
        copyMsMedian: quantile(copyMs, 0.5),
        rssMbIdle: idleMb,
        rssMbPeak: memory.peakMb(),
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await product.dispose();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function fill(file: string): Promise<void> {
  const block = randomBytes(BLOCK_BYTES);
  writeFileSync(file, "");
  const handle = await open(file, "w");
  for (let at = 0; at < BYTES; at += BLOCK_BYTES) {
    block.writeDoubleLE(at, 0);
    await handle.write(block);
  }
  // Else it is written out while the others are measured.
  await handle.sync();
  await handle.close();
}

async function copyWithDigest(from: string, to: string): Promise<void> {
  const hash = createHash("sha256");
  const block = Buffer.alloc(BLOCK_BYTES);
  const [source, target] = [await open(from), await open(to, "w")];
  for (;;) {
    const { bytesRead } = await source.read(block);
    if (bytesRead === 0) break;
    hash.update(block.subarray(0, bytesRead));
    await target.write(block, 0, bytesRead);
  }
  hash.digest();
  await target.sync();
  await Promise.all([source.close(), target.close()]);
}

async function upload({ webUrl }: Product, file: string): Promise<void> {
  const outgoing = request(`${webUrl}/api/v1/artifacts`, {
    method: "PUT",
    headers: { authorization: `Bearer ${TOKEN}`, "content-length": BYTES },
  });
  const answered = new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    outgoing.on("error", reject);
    outgoing.on("response", (answer) => {
      json(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
    });
  });
  await pipeline(createReadStream(file, { highWaterMark: BLOCK_BYTES }), outgoing);
  const { status, body } = await answered;
  if (status !== 200) throw new Error(`the upload was answered ${status}: ${JSON.stringify(body)}`);
}

/** Resident memory of web, looked at twenty times a second while uploads run. */
function watchMemory(product: Product) {
  const [pid] = product.pidsOf("web");
  const now = () => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  let peak = now();
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    peak = Math.max(peak, now());
  };
  return {
    begin: () => {
      timer = setInterval(look, 50);
    },
    end: () => clearInterval(timer),
    peakMb: () => Math.round(peak),
  };
}
