import type { RequestHandler } from "express";
import type { Logger } from "pino";
import { pinoHttp } from "pino-http";

/** What follows these is a key to an account. */
const beforeToken = /^(\/(?:password-reset|confirm-email)\/).+/i;

/** One line a request, after its answer; addresses lose tokens, and their query, which may hold a person's words. */
export function requestLog(logger: Logger): RequestHandler {
  const describe = (req: { method?: string; url?: string; originalUrl?: string }) => ({
    method: req.method,
    path: String(req.originalUrl ?? req.url)
      .split("?")[0]
      ?.replace(beforeToken, "$1..."),
  });
  // What failed is logged where it is answered, with its cause: only then a logger is made for it.
  if (!logger.isLevelEnabled("debug")) {
    return (req, _res, next) => {
      Object.defineProperty(req, "log", { get: () => logger.child({ req: describe(req) }) });
      next();
    };
  }
  return pinoHttp({
    logger,
    customLogLevel: () => "debug",
    serializers: {
      req: (req) => ({ id: req.id, ...describe(req) }),
      res: (res) => ({ status: res.statusCode }),
    },
  });
}
