import { type Logger, pino } from "pino";

export type { Logger };

/** JSON lines on stdout; headers that carry secrets never reach them. */
export const createLogger = (level: string): Logger =>
  pino({
    level,
    base: null,
    redact: {
      paths: [
        "req.headers.cookie",
        "req.headers.authorization",
        "res.headers['set-cookie']",
        // Redis's own errors hold what was sent: ids and contents of sessions.
        "err.command",
        "err.previousErrors",
      ],
      remove: true,
    },
  });
