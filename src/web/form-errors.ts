import type { Request, Response } from "express";
import { Invalid, TooManyRequests } from "#lib/errors.ts";
import { wantsJson } from "#web/negotiation.ts";

/**
 * The sentences for a form that is shown again, with the status of its answer set. A limit that was
 * reached is told beside `limitField`, so that nothing typed is lost. Rethrows what no field is to
 * blame for, and everything to a script that asked for JSON.
 */
export function fieldErrors(
  error: unknown,
  { req, res, limitField }: { req: Request; res: Response; limitField: string },
): Readonly<Record<string, string>> {
  if (wantsJson(req)) throw error;
  if (error instanceof Invalid) {
    // One of several that are told at once may be a limit.
    if (res.statusCode !== 429) res.status(422);
    return error.fields;
  }
  if (error instanceof TooManyRequests) {
    res.status(429).set("Retry-After", String(error.retryAfter));
    return { [limitField]: error.message };
  }
  throw error;
}
