import { existsSync } from "node:fs";

// Debian's where there is one; elsewhere the one that `playwright install` brings.
const path = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((place) => existsSync(place));

/**
 * How tests launch their browser. Chromium's own sandbox refuses to run as root, as in containers. The process that
 * stands in for a GPU where there is none is one more that a busy machine can starve; a page has waited minutes for a frame.
 */
export const CHROMIUM = {
  ...(path === undefined ? {} : { executablePath: path }),
  args: ["--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
};
