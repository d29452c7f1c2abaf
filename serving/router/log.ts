import pino from "pino";

/** JSON lines on stdout, as every pod program writes. */
export const log = pino({ level: process.env.LOG_LEVEL ?? "info", base: { program: "router" } });
