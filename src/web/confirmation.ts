import type { RequestHandler } from "express";
import { addFlash } from "#web/flash.ts";
import { pageToReturnTo, viewerOf } from "#web/guards.ts";
import { wantsJson } from "#web/negotiation.ts";

// Protects what cannot be taken back from whoever finds a session that somebody left open.

/** Whether they proved on this device who they are, by signing in or since, and how long ago at most. */
export const isConfirmed = (
  viewer: { confirmedAt: Date },
  now: Date,
  withinMilliseconds: number,
): boolean => now.getTime() - viewer.confirmedAt.getTime() <= withinMilliseconds;

/** Stands behind requireSignIn; whose confirmation is older confirms anew and comes back. */
export const requireConfirmation =
  ({ clock }: { clock: () => Date }, withinMilliseconds: number): RequestHandler =>
  (req, res, next) => {
    if (isConfirmed(viewerOf(req), clock(), withinMilliseconds)) return next();
    res.set("Cache-Control", "no-store");
    if (wantsJson(req)) {
      res.status(403).json({ status: "error", code: "confirmation_required" });
      return;
    }
    if (req.method === "POST") {
      addFlash(req, "Confirm that it is you, then send it again.", "notice");
    }
    res.redirect(303, `/confirm?next=${encodeURIComponent(pageToReturnTo(req))}`);
  };
