import { Router } from "express";
import { RegistrationSchema, SignInSchema } from "#features/account/account.schemas.ts";
import { noteMail } from "#features/account/confirm-email.routes.ts";
import { registerPerson } from "#features/account/register-person.ts";
import { endSession } from "#features/account/start-session.ts";
import { WrongCredentials } from "#features/account/verify-credentials.ts";
import { Forbidden, TooManyRequests } from "#lib/errors.ts";
import { displayName } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import { networkOf, type RateLimits } from "#platform/rate-limits.ts";
import { keepCsrfToken, requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { localPath } from "#web/guards.ts";
import { parseInput, queryText } from "#web/input.ts";
import { wantsJson } from "#web/negotiation.ts";
import type { SignIn } from "#web/sign-in.ts";

export interface AccountDeps {
  database: Database;
  limits: RateLimits;
  clock: () => Date;
  jobs: Jobs;
  signUpsOpen: boolean;
  emailConfirmationRequired: boolean;
}

const signUpsClosed = () =>
  new Forbidden("sign_ups_closed", "This site takes no new members just now.");

export function accountRoutes(deps: AccountDeps, signIn: SignIn): Router {
  const router = Router();

  router
    .route("/register")
    .get(
      (req, res, next) => {
        if (req.user) return res.redirect(303, "/");
        if (deps.signUpsOpen) return next();
        if (wantsJson(req)) throw signUpsClosed();
        res.status(403).render("account/closed");
      },
      keepCsrfToken,
      (req, res) => {
        res.render("account/register", { values: {}, errors: {}, next: queryText(req, "next") });
      },
    )
    .post(requireCsrf, async (req, res) => {
      if (!deps.signUpsOpen) throw signUpsClosed();
      try {
        const input = parseInput(RegistrationSchema, req.body);
        await deps.limits.registrationsByAddress.take(networkOf(req.ip ?? ""));
        const person = await registerPerson(deps, { input });
        if (!person) {
          noteMail(req, input.email);
          return res.redirect(303, "/confirm-email");
        }
        const next = localPath(req.body.next);
        const named = { ...person, name: displayName(person) };
        const path = await signIn.enter(req, named, { next, isKept: true });
        addFlash(
          req,
          `Welcome, ${displayName(person)}. Put the Save button in your browser, then keep your first picture.`,
        );
        res.redirect(303, path);
      } catch (error) {
        const errors = fieldErrors(error, { req, res, limitField: "username" });
        const { password, password2, ...values } = req.body;
        res.render("account/register", { values, errors, next: values.next });
      }
    });

  router
    .route("/login")
    .get(keepCsrfToken, (req, res) => {
      const next = localPath(queryText(req, "next"));
      if (req.user) return res.redirect(303, next);
      res.render("account/sign-in", { values: { keep: true }, errors: {}, next });
    })
    .post(requireCsrf, async (req, res) => {
      const next = localPath(req.body.next);
      const { username, keep } = req.body;
      try {
        parseInput(SignInSchema, req.body);
        const person = await signIn.authenticate(req);
        if (!person) throw new WrongCredentials();
        const isKept = req.body.keep !== undefined;
        res.redirect(303, await signIn.enter(req, person, { next, isKept }));
      } catch (error) {
        if (error instanceof Forbidden && error.code === "email_not_confirmed" && !wantsJson(req)) {
          return res.redirect(303, "/confirm-email");
        }
        const errors = fieldErrors(error, { req, res, limitField: "username" });
        const isLimited = error instanceof TooManyRequests;
        res.render("account/sign-in", { values: { username, keep }, errors, next, isLimited });
      }
    });

  router.post("/logout", requireCsrf, async (req, res) => {
    if (req.user) await endSession(deps, { id: req.user.sessionId });
    await signIn.signOut(req);
    addFlash(req, "You are signed out.");
    res.redirect(303, "/");
  });

  return router;
}
