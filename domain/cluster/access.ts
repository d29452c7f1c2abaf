import { z } from "zod";
import { isRefusedHost } from "./refused-hosts.ts";

/** What reaches a cluster and nothing else: no program to run, no file to read, no proxy to pass. */
export const clusterAccessSchema = z.strictObject({
  server: z
    .url({ protocol: /^https$/, error: "needs an https address: credentials travel to it" })
    .max(500)
    .refine((text) => {
      const url = URL.parse(text);
      return url !== null && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
    }, "is an address without credentials, query or fragment")
    .refine((text) => !isRefusedHost(URL.parse(text)?.hostname ?? ""), "is an address of the machine's own network"),
  /** PEM in base64, as are the two below; absent: whom this machine trusts. */
  certificateAuthority: z.base64().max(200_000).optional(),
  /** As it stands after `Bearer`. */
  token: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "is one word of printable characters")
    .max(16_384)
    .optional(),
  certificate: z.base64().max(200_000).optional(),
  key: z.base64().max(200_000).optional(),
});
export type ClusterAccess = z.infer<typeof clusterAccessSchema>;
