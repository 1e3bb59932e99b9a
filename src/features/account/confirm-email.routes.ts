import { type Request, Router } from "express";
import { EmailOnlySchema } from "#features/account/account.schemas.ts";
import { withdrawEmailChange } from "#features/account/change-email.ts";
import {
  confirmEmail,
  getConfirmation,
  resendConfirmation,
  resendConfirmationTo,
} from "#features/account/confirm-email.ts";
import { getOwnProfile } from "#features/account/settings.queries.ts";
import { Conflict, NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import type { RateLimits } from "#platform/rate-limits.ts";
import type { Sql } from "#platform/sql.ts";
import { keepCsrfToken, requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { requireSignIn, viewerOf } from "#web/guards.ts";
import { parseInput } from "#web/input.ts";
import { wantsJson } from "#web/negotiation.ts";
import { hideAddress } from "#web/security-headers.ts";

export function confirmEmailRoutes(deps: {
  database: Database;
  sql: Sql;
  jobs: Jobs;
  limits: RateLimits;
  clock: () => Date;
  emailConfirmationRequired: boolean;
}): Router {
  const router = Router();
  const { emailConfirmationRequired: isRequired } = deps;

  router.get("/confirm-email", keepCsrfToken, (req, res) => {
    // There is said what waits, and there it is sent again.
    if (req.user) return res.redirect(303, "/settings/profile");
    const { mailSentTo: sentTo } = req.session;
    res.render("account/look-into-mail", {
      sentTo,
      isRequired,
      values: { email: sentTo },
      errors: {},
    });
  });

  // Where a refusal was shown, reloading asks for the page.
  router.get(["/confirm-email/resend", "/confirm-email/withdraw"], (_req, res) => {
    res.redirect(303, "/confirm-email");
  });

  /** Answers where it leads. */
  async function resend(req: Request): Promise<string> {
    const address = req.ip ?? "";
    if (req.user) {
      const isSent = await resendConfirmation(deps, { actor: req.user, address });
      addFlash(
        req,
        isSent ? "A mail with a new link is on its way." : "Your address is confirmed.",
      );
      return "/settings/profile";
    }
    const { email } = parseInput(EmailOnlySchema, req.body);
    await resendConfirmationTo(deps, { input: { email, address } });
    noteMail(req, email, "If this address waits to be confirmed, a mail is on its way to it.");
    return "/confirm-email";
  }

  router.post("/confirm-email/resend", requireCsrf, async (req, res) => {
    try {
      res.redirect(303, await resend(req));
    } catch (error) {
      const errors = fieldErrors(error, { req, res, limitField: "email" });
      const values = { email: req.body.email };
      res.render("account/look-into-mail", { isRequired, values, errors });
    }
  });

  router.post("/confirm-email/withdraw", requireSignIn, requireCsrf, async (req, res) => {
    const actor = viewerOf(req);
    await withdrawEmailChange(deps, { actor });
    const { email } = await getOwnProfile(deps, actor);
    addFlash(req, `Your e-mail address stays ${email}.`);
    res.redirect(303, "/settings/profile");
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

/** For the page a stranger goes to next, /confirm-email; says nothing of whether the address is known. */
export function noteMail(
  req: Request,
  email: string,
  message = `A mail is on its way to ${email}.`,
): void {
  req.session.mailSentTo = email;
  addFlash(req, message);
}
