import { csrfSync } from "csrf-sync";
import type { Request, RequestHandler } from "express";
import { Forbidden } from "#lib/errors.ts";
import { strangerMilliseconds } from "#web/sessions.ts";

// Protects signed-in people from forms and scripts of other sites: a token of the session in
// every POST, and before any body is read the browser's own word about where it came from.

const { generateToken, isRequestValid } = csrfSync({
  getTokenFromRequest: (req) => {
    const token =
      (req.body as Record<string, unknown> | undefined)?._csrf ?? req.get("X-CSRF-Token");
    return typeof token === "string" ? token : null;
  },
});

/** The session's token; asking for it starts a session. */
export const csrfTokenOf = (req: Request): string => generateToken(req);

/** Stands before a page whose form strangers send: a token that cannot be kept must not be shown. */
export const keepCsrfToken: RequestHandler = (req, _res, next) => {
  if (req.user || req.session.csrfToken) return next();
  csrfTokenOf(req);
  // Anyone may ask for such a page any number of times; what that stores must not last for weeks.
  req.session.cookie.maxAge = strangerMilliseconds;
  req.session.save((error) => {
    // Without a session nothing tries to save it once more at the end, and no cookie names it.
    if (error) Object.assign(req, { session: undefined });
    next(error);
  });
};

const refusal = () =>
  new Forbidden(
    "wrong_form_token",
    "This form was open for too long. Go back, load the page again, and send it once more.",
  );

/** Stands after sign-in and body parsing on every route that changes something. */
export const requireCsrf: RequestHandler = (req, _res, next) => {
  next(isRequestValid(req) ? undefined : refusal());
};

export function refuseOtherOrigins({ baseUrl }: { baseUrl: string }): RequestHandler {
  return (req, _res, next) => {
    if (["GET", "HEAD", "OPTIONS"].includes(req.method)) return next();
    const site = req.get("Sec-Fetch-Site");
    if (site !== undefined)
      return next(site === "same-origin" || site === "none" ? undefined : refusal());
    const origin = req.get("Origin");
    // A browser cannot be made to send another Host; people also reach Magpie by names BASE_URL lacks.
    const allowed =
      origin === undefined || origin === baseUrl || URL.parse(origin)?.host === req.get("Host");
    next(allowed ? undefined : refusal());
  };
}
