import type { RequestHandler } from "express";
import type { Logger } from "pino";
import { pinoHttp } from "pino-http";

/** One line a request, after its answer; addresses lose their query, which may hold a person's words. */
export function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    // What failed is logged where it is answered, with its cause.
    customLogLevel: () => "debug",
    serializers: {
      req: (req) => ({ id: req.id, method: req.method, path: String(req.url).split("?")[0] }),
      res: (res) => ({ status: res.statusCode }),
    },
  });
}
