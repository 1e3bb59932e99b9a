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

/** For a form of several checks, so that all that is wrong is told at once. */
export function collectErrors(req: Request, res: Response) {
  const errors: Record<string, string> = {};
  return {
    errors,
    isAllRight: () => Object.keys(errors).length === 0,
    /** What `check` answers, or null with its sentences among the errors. Throws as `fieldErrors` does. */
    attempt: async <T>(limitField: string, check: () => T | Promise<T>): Promise<T | null> => {
      try {
        return await check();
      } catch (error) {
        Object.assign(errors, fieldErrors(error, { req, res, limitField }));
        return null;
      }
    },
  };
}
