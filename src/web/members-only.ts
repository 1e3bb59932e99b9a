import type { RequestHandler } from "express";
import { requireSignIn } from "#web/guards.ts";

const open =
  /^\/(?:login(?:\/[a-z/-]+)?|register(?:\/[a-z/-]+)?|logout|(?:password-reset|confirm-email)(?:\/[^/]+)?)\/?$/;

/** For sites that only members may look at: everyone else finds the sign-in page. */
export const membersOnly: RequestHandler = (req, res, next) => {
  if (open.test(req.path)) return next();
  requireSignIn(req, res, next);
};
