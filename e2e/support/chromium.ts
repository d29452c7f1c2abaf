import { existsSync } from "node:fs";

// Debian's where there is one; elsewhere the one that `playwright install` brings.
const path = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((place) => existsSync(place));

/** How tests launch their browser. Chromium's own sandbox refuses to run as root, as in containers. */
export const CHROMIUM = {
  ...(path === undefined ? {} : { executablePath: path }),
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
};
