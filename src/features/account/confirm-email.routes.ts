import { type Request, Router } from "express";
import { EmailOnlySchema } from "#features/account/account.schemas.ts";
import {
  confirmEmail,
  getConfirmation,
  resendConfirmation,
  resendConfirmationTo,
} from "#features/account/confirm-email.ts";
import { Conflict, NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import type { RateLimits } from "#platform/rate-limits.ts";
import { keepCsrfToken, requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { parseInput } from "#web/input.ts";
import { wantsJson } from "#web/negotiation.ts";
import { hideAddress } from "#web/security-headers.ts";

export function confirmEmailRoutes(deps: {
  database: Database;
  jobs: Jobs;
  limits: RateLimits;
  clock: () => Date;
}): Router {
  const router = Router();

  router.get("/confirm-email", keepCsrfToken, (_req, res) => {
    res.render("account/look-into-mail", { values: {}, errors: {} });
  });

  /** Where it leads, and what is said there. */
  async function resend(req: Request): Promise<[path: string, message: string]> {
    const address = req.ip ?? "";
    if (req.user) {
      const isSent = await resendConfirmation(deps, { actor: req.user, address });
      const message = isSent
        ? "A mail with a new link is on its way."
        : "Your address is confirmed.";
      return ["/settings/profile", message];
    }
    const { email } = parseInput(EmailOnlySchema, req.body);
    await resendConfirmationTo(deps, { input: { email, address } });
    return ["/confirm-email", "If this address waits to be confirmed, a mail is on its way to it."];
  }

  router.post("/confirm-email/resend", requireCsrf, async (req, res) => {
    try {
      const [path, message] = await resend(req);
      addFlash(req, message);
      res.redirect(303, path);
    } catch (error) {
      const errors = fieldErrors(error, { req, res, limitField: "email" });
      res.render("account/look-into-mail", { values: { email: req.body?.email }, errors });
    }
  });

  router
    .route("/confirm-email/:token")
    .all(hideAddress)
    .get(keepCsrfToken, async (req, res) => {
      const { token } = req.params;
      try {
        const confirmation = await getConfirmation(deps, { token });
        req.session.shownConfirmation = confirmation;
        res.render("account/confirm-email", { token, email: confirmation.email, taken: null });
      } catch (error) {
        if (!(error instanceof NotFound) || wantsJson(req)) throw error;
        res.status(404).render("account/dead-link", { again: "/confirm-email" });
      }
    })
    .post(requireCsrf, async (req, res) => {
      const { token } = req.params;
      try {
        await confirmEmail(deps, { token, shown: req.session.shownConfirmation });
        addFlash(req, `Your e-mail address is confirmed.${req.user ? "" : " Sign in to go on."}`);
        res.redirect(303, req.user ? "/settings/profile" : "/login");
      } catch (error) {
        if (wantsJson(req)) throw error;
        if (error instanceof Conflict) {
          res.status(409).render("account/confirm-email", { token, taken: error.message });
        } else if (error instanceof NotFound) {
          res.status(404).render("account/dead-link", { again: "/confirm-email" });
        } else throw error;
      }
    });

  return router;
}
