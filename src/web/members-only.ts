import type { RequestHandler } from "express";
import { requireSignIn } from "#web/guards.ts";

const secondStep = "second-factor(?:/passkey(?:/options)?)?";
const ways = `${secondStep}|passkey(?:/options)?|openid(?:/callback)?`;
const byMail = "(?:password-reset|confirm-email)(?:/[^/]+)?";
/** What leads in, each page by its name: anything else tells a stranger nothing. */
const open = new RegExp(`^/(?:login(?:/(?:${ways}))?|register(?:/openid)?|logout|${byMail})/?$`);

/** Answers for itself, with 404 to everyone but administrators; case counts as in the router: not. */
const hidden = /^\/admin(?:\/|$)/i;

/** For sites that only members may look at: everyone else finds the sign-in page. */
export const membersOnly: RequestHandler = (req, res, next) => {
  if (open.test(req.path) || hidden.test(req.path)) return next();
  requireSignIn(req, res, next);
};
