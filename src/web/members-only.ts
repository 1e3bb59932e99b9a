import type { RequestHandler } from "express";
import { requireSignIn } from "#web/guards.ts";

const open =
  /^\/(?:login(?:\/[a-z/-]+)?|register(?:\/[a-z/-]+)?|logout|(?:password-reset|confirm-email)(?:\/[^/]+)?)\/?$/;

/** Answers for itself, with 404 to everyone but administrators; case counts as in the router: not. */
const hidden = /^\/admin(?:\/|$)/i;

/** For sites that only members may look at: everyone else finds the sign-in page. */
export const membersOnly: RequestHandler = (req, res, next) => {
  if (open.test(req.path) || hidden.test(req.path)) return next();
  requireSignIn(req, res, next);
};
