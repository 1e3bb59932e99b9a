import type { Request, RequestHandler } from "express";
import { hasSession, strangerMilliseconds } from "#web/sessions.ts";
import type { FlashMessage } from "#web/types.ts";

/** Keeps a message for the next page this visitor sees. */
export function addFlash(req: Request, text: string, kind: FlashMessage["kind"] = "success"): void {
  if (!req.user) req.session.cookie.maxAge = strangerMilliseconds;
  // Clicked twice, it is said once.
  const others = (req.session.flash ?? []).filter((message) => message.text !== text);
  req.session.flash = [...others, { kind, text }];
}

/** The waiting messages, once. */
export function takeFlash(req: Request): FlashMessage[] {
  if (!hasSession(req)) return [];
  const messages = req.session.flash ?? [];
  if (messages.length > 0) delete req.session.flash;
  return messages;
}

/**
 * Stores a message before the redirect that leads to its page: express-session sends the head of an
 * answer first, and a browser that follows at once would read the session without it.
 */
export const storeFlashBeforeRedirect: RequestHandler = (req, res, next) => {
  const redirect = res.redirect.bind(res) as (...target: unknown[]) => void;
  res.redirect = (...target: unknown[]) => {
    if (!hasSession(req) || !req.session.flash) return redirect(...target);
    // Whoever had no session until now gets a cookie with it.
    res.set("Cache-Control", "no-store");
    req.session.save((error) => (error ? next(error) : redirect(...target)));
  };
  next();
};
