import { type Logger, pino } from "pino";

export type { Logger };

/** JSON lines on stdout; headers that carry secrets never reach them. */
export const createLogger = (level: string): Logger =>
  pino({
    level,
    base: null,
    redact: {
      paths: ["req.headers.cookie", "req.headers.authorization", "res.headers['set-cookie']"],
      remove: true,
    },
  });
