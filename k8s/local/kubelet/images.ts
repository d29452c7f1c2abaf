import { readFileSync, statSync } from "node:fs";
import { z } from "zod";

const imagesSchema = z.record(z.string(), z.object({ command: z.array(z.string()).min(1) }));

/** Command of an image; undefined when the images file does not name it. Throws when the file cannot be read. */
export type Images = (image: string) => readonly string[] | undefined;

/** Reads the images file again whenever it changed: a new release adds images while the cluster runs. */
export const createImages = (file: string): Images => {
  let loaded: z.infer<typeof imagesSchema> = {};
  let version = "";
  return (image) => {
    const { mtimeMs, size, ino } = statSync(file);
    const current = `${mtimeMs}/${size}/${ino}`;
    if (current !== version) {
      loaded = imagesSchema.parse(JSON.parse(readFileSync(file, "utf8")));
      version = current;
    }
    return Object.hasOwn(loaded, image) ? loaded[image]?.command : undefined;
  };
};
