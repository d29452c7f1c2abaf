import { type Logger, pino } from "pino";

export type Log = Logger;

/** JSON lines on stdout. `process` tells web and worker apart where their logs meet. */
export const createLog = (process: string, level = "info"): Log =>
  pino({ level, base: { process }, timestamp: pino.stdTimeFunctions.isoTime });
