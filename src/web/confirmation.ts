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
      const message = "Confirm first that it is you. Load the page again for that.";
      res.status(403).json({ status: "error", code: "confirmation_required", message });
      return;
    }
    if (req.method === "POST") {
      addFlash(req, "Confirm that it is you. Then press the same button again.", "notice");
    }
    res.redirect(303, `/confirm?next=${encodeURIComponent(pageToReturnTo(req))}`);
  };
