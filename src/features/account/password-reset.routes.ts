import { type Response, Router } from "express";
import { EmailOnlySchema, passwordResetSchema } from "#features/account/account.schemas.ts";
import {
  getPasswordReset,
  requestPasswordReset,
  resetPassword,
} from "#features/account/reset-password.ts";
import { forgiveFailures } from "#features/account/verify-credentials.ts";
import { NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import type { RateLimits } from "#platform/rate-limits.ts";
import { keepCsrfToken, requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { parseInput } from "#web/input.ts";
import { wantsJson } from "#web/negotiation.ts";
import { hideAddress } from "#web/security-headers.ts";

export function passwordResetRoutes(deps: {
  database: Database;
  jobs: Jobs;
  limits: RateLimits;
  clock: () => Date;
}): Router {
  const router = Router();

  router
    .route("/password-reset")
    .get(keepCsrfToken, (_req, res) => {
      res.render("account/password-reset", { values: {}, errors: {} });
    })
    .post(requireCsrf, async (req, res) => {
      try {
        const { email } = parseInput(EmailOnlySchema, req.body);
        await requestPasswordReset(deps, { input: { email, address: req.ip ?? "" } });
        addFlash(
          req,
          "If somebody here has this address, a mail is on its way to it. Its link works for an hour.",
        );
        res.redirect(303, "/login");
      } catch (error) {
        const errors = fieldErrors(error, { req, res, limitField: "email" });
        res.render("account/password-reset", { values: { email: req.body.email }, errors });
      }
    });

  router
    .route("/password-reset/:token")
    .all(hideAddress)
    .get(keepCsrfToken, async (req, res) => {
      const { token } = req.params;
      try {
        const person = await getPasswordReset(deps, { token });
        res.render("account/new-password", { token, person, errors: {} });
      } catch (error) {
        if (wantsJson(req)) throw error;
        showDeadLink(res, error);
      }
    })
    .post(requireCsrf, async (req, res) => {
      const { token } = req.params;
      let person = null;
      try {
        person = await getPasswordReset(deps, { token });
        const { password } = parseInput(passwordResetSchema(person), req.body);
        await resetPassword(deps, { token, password });
        await forgiveFailures(deps, { person, address: req.ip ?? "" });
        addFlash(
          req,
          "Your new password is set, and you are signed out everywhere. Sign in with it.",
        );
        res.redirect(303, "/login");
      } catch (error) {
        if (error instanceof NotFound && !wantsJson(req)) return showDeadLink(res, error);
        const errors = fieldErrors(error, { req, res, limitField: "password" });
        res.render("account/new-password", { token, person, errors });
      }
    });

  return router;
}

/** Used, too old, replaced or never made: nobody learns which. */
function showDeadLink(res: Response, error: unknown): void {
  if (!(error instanceof NotFound)) throw error;
  res.status(404).render("account/dead-link", { again: "/password-reset" });
}
