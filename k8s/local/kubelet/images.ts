import { readFileSync, statSync } from "node:fs";
import { z } from "zod";

const imageSchema = z.object({
  command: z.array(z.string()).min(1),
  /** A container's own variables come on top. */
  env: z.record(z.string(), z.string()).default({}),
});
const imagesSchema = z.record(z.string(), imageSchema);
export type Image = z.infer<typeof imageSchema>;

/** What an image is on this machine; undefined when the images file does not name it. Throws when the file cannot be read. */
export type Images = (image: string) => Image | undefined;

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
    return Object.hasOwn(loaded, image) ? loaded[image] : undefined;
  };
};
