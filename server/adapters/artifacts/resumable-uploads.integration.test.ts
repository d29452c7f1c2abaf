import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Upload } from "@tus/server";
import { expect, test } from "vitest";
import { resumableUploads } from "./resumable-uploads.ts";

const ID = "0".repeat(32);
const MIB = 1 << 20;

test("pieces stop while the disk's other users have room, and nothing of that upload stays in the way", async () => {
  const disk = await mkdtemp(join(tmpdir(), "slipway-pieces-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=48m", "tmpfs", disk]);
  try {
    const dir = join(disk, "resumable");
    const { pieces, find } = resumableUploads(dir);
    await pieces.create(new Upload({ id: ID, size: 20 * MIB, offset: 0 }));
    await pieces.write(Readable.from([randomBytes(MIB)]), ID, 0);
    expect(await find(ID)).toMatchObject({ receivedBytes: MIB });
    // Somebody else fills the disk meanwhile.
    await writeFile(join(disk, "database"), Buffer.alloc(36 * MIB));
    const more = pieces.write(Readable.from([randomBytes(MIB)]), ID, MIB);
    await expect(more).rejects.toMatchObject({ code: "storage_full" });
    expect(await find(ID)).toBeNull();
    expect(await readdir(dir)).toEqual([]);
  } finally {
    execFileSync("umount", [disk]);
    await rm(disk, { recursive: true });
  }
});
