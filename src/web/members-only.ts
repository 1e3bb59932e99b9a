import type { RequestHandler } from "express";
import { requireSignIn } from "#web/guards.ts";

const open = new Set(["/login", "/register", "/logout"]);

/** For sites that only members may look at: everyone else finds the sign-in page. */
export const membersOnly: RequestHandler = (req, res, next) => {
  if (open.has(req.path.replace(/\/$/, ""))) return next();
  requireSignIn(req, res, next);
};
