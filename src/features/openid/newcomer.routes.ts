import { type Request, type RequestHandler, Router } from "express";
import { noteMail } from "#features/account/confirm-email.routes.ts";
import {
  isEmailNotConfirmed,
  type OpenidDeps,
  sentenceOf,
  signUpsClosed,
} from "#features/openid/journey.routes.ts";
import { findNewcomer } from "#features/openid/journey.ts";
import { fieldsOf, NewcomerSchema, usernameLike } from "#features/openid/openid.schemas.ts";
import { registerNewcomer } from "#features/openid/register-newcomer.ts";
import { OpenidError } from "#platform/openid-error.ts";
import { networkOf } from "#platform/rate-limits.ts";
import { keepCsrfToken, requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { parseInput } from "#web/input.ts";
import type { SignIn } from "#web/sign-in.ts";

/** The form for what the provider did not say, or what is taken here. */
export function newcomerRoutes(deps: OpenidDeps, signIn: SignIn): Router {
  const router = Router();
  const requireNewcomer: RequestHandler = (req, res, next) => {
    if (req.user) return res.redirect(303, "/");
    if (!deps.signUpsOpen) throw signUpsClosed();
    if (findNewcomer(req.session, { now: deps.clock() })) return next();
    addFlash(req, `That took too long. Begin again with ${deps.openid.name}.`, "notice");
    res.redirect(303, "/login");
  };

  router
    .route("/register/openid")
    .get(requireNewcomer, keepCsrfToken, (req, res) => {
      const { identity } = newcomerOf(req);
      const values = { ...fieldsOf(identity), username: usernameLike(identity) };
      res.render("openid/newcomer", { values, errors: {} });
    })
    .post(requireCsrf, requireNewcomer, async (req, res) => {
      const { identity, next, isKept } = newcomerOf(req);
      try {
        const input = parseInput(NewcomerSchema, req.body);
        await deps.limits.registrationsByAddress.take(networkOf(req.ip ?? ""));
        const newcomer = await registerNewcomer(deps, { identity, input });
        delete req.session.openidNewcomer;
        if (!newcomer) noteMail(req, input.email);
        const path = newcomer && (await welcome(signIn, req, newcomer, { next, isKept }));
        res.redirect(303, path ?? "/confirm-email");
      } catch (error) {
        if (isEmailNotConfirmed(error)) return res.redirect(303, "/confirm-email");
        // Joined in another window, and deactivated since.
        if (error instanceof OpenidError) {
          delete req.session.openidNewcomer;
          addFlash(req, sentenceOf(error, deps.openid), "notice");
          return res.redirect(303, `/login?next=${encodeURIComponent(next)}`);
        }
        const errors = fieldErrors(error, { req, res, limitField: "username" });
        res.render("openid/newcomer", { values: req.body, errors });
      }
    });

  return router;
}

/** Signs in somebody who has just joined; answers where they go. */
export async function welcome(
  signIn: SignIn,
  req: Request,
  newcomer: Parameters<SignIn["enter"]>[1],
  options: { next: string; isKept: boolean },
): Promise<string> {
  const path = await signIn.enter(req, newcomer, options);
  addFlash(
    req,
    `Welcome, ${newcomer.name}. Put the Save button in your browser, then keep your first picture.`,
  );
  return path;
}

function newcomerOf(req: Request) {
  const { openidNewcomer } = req.session;
  if (!openidNewcomer) throw new Error("This route must stand behind requireNewcomer.");
  return openidNewcomer;
}
