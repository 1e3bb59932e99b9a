import { type Request, type Response, Router } from "express";
import { noteConfirmation } from "#features/account/confirm-identity.ts";
import type { Provider } from "#features/openid/ways-in.ts";
import { askForPasskey, askForPasskeyOf } from "#features/passkeys/ask-for-passkey.ts";
import { keepChallenge, takeChallenge } from "#features/passkeys/challenges.ts";
import { parseAssertion } from "#features/passkeys/passkeys.schemas.ts";
import { removedPasskeyOf } from "#features/passkeys/passkeys.view-data.ts";
import { type RelyingParty, relyingPartyOf } from "#features/passkeys/relying-party.ts";
import { RemovedPasskey, type UsePasskeyDeps, usePasskey } from "#features/passkeys/use-passkey.ts";
import { showConfirmPage } from "#features/second-factors/confirm-identity.routes.ts";
import { findPendingPerson, isTooLate } from "#features/second-factors/find-pending-person.ts";
import { Forbidden } from "#lib/errors.ts";
import { requireCsrf } from "#web/csrf.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { localPath, requireSignIn, viewerOf } from "#web/guards.ts";
import { wantsJson } from "#web/negotiation.ts";
import type { SignIn } from "#web/sign-in.ts";

export type PasskeySignInDeps = UsePasskeyDeps & {
  config: { baseUrl: string };
  openid: Provider;
};

/** Signing in with a passkey alone or after a password, and proving with one that it is still you. */
export function passkeySignIn(deps: PasskeySignInDeps, signIn: SignIn): Router {
  const router = Router();
  const site = relyingPartyOf(deps.config);
  router.use(withoutPassword(deps, signIn, site));
  router.use(afterPassword(deps, signIn, site));
  router.use(confirmingIdentity(deps, site));
  return router;
}

function withoutPassword(deps: PasskeySignInDeps, signIn: SignIn, site: RelyingParty): Router {
  const router = Router();
  const purpose = "sign-in";

  router.post("/login/passkey/options", requireCsrf, async (req, res) => {
    const options = await askForPasskey(site);
    keepChallenge(deps, { session: req.session, value: options.challenge, purpose });
    res.json(options);
  });

  router.post("/login/passkey", requireCsrf, async (req, res) => {
    const next = localPath(req.body.next);
    const { username, keep } = req.body;
    try {
      const answer = parseAssertion(req.body.credential);
      await takeChallenge(deps, { session: req.session, value: answer.challenge, purpose });
      const person = await usePasskey(deps, { site, answer, address: req.ip ?? "" });
      const isKept = keep !== undefined;
      res.redirect(303, await signIn.enter(req, person, { next, isKept, isSecondStepDone: true }));
    } catch (error) {
      if (error instanceof Forbidden && error.code === "email_not_confirmed" && !wantsJson(req)) {
        return res.redirect(303, "/confirm-email");
      }
      const errors = fieldErrors(error, { req, res, limitField: "credential" });
      const removedPasskey =
        error instanceof RemovedPasskey ? removedPasskeyOf(error.id, site) : null;
      res.render("account/sign-in", { values: { username, keep }, errors, next, removedPasskey });
    }
  });

  return router;
}

function afterPassword(deps: PasskeySignInDeps, signIn: SignIn, site: RelyingParty): Router {
  const router = Router();
  const purpose = "second-step";

  router.post("/login/second-factor/passkey/options", requireCsrf, async (req, res) => {
    const pending = await findPendingPerson(deps, req.session.pendingSignIn);
    if (!pending) throw new Forbidden("sign_in_required", "That took too long. Sign in once more.");
    const options = await askForPasskeyOf(deps, { site, personId: pending.person.id });
    keepChallenge(deps, { session: req.session, value: options.challenge, purpose });
    res.json(options);
  });

  router.post("/login/second-factor/passkey", requireCsrf, async (req, res) => {
    const pending = await findPendingPerson(deps, req.session.pendingSignIn);
    if (!pending) return res.redirect(303, "/login/second-factor");
    const { person, factors, next, isKept } = pending;
    try {
      const answer = parseAssertion(req.body.credential);
      await takeChallenge(deps, { session: req.session, value: answer.challenge, purpose });
      await usePasskey(deps, { site, answer, address: req.ip ?? "", personId: person.id });
      res.redirect(303, await signIn.enter(req, person, { next, isKept, isSecondStepDone: true }));
    } catch (error) {
      if (isTooLate(error)) return res.redirect(303, "/login/second-factor");
      const errors = fieldErrors(error, { req, res, limitField: "credential" });
      res.render("second-factors/second-step", { factors, errors });
    }
  });

  return router;
}

function confirmingIdentity(deps: PasskeySignInDeps, site: RelyingParty): Router {
  const router = Router();
  const purpose = "confirm";
  const guards = [requireSignIn, requireCsrf];

  router.post("/confirm/passkey/options", guards, async (req: Request, res: Response) => {
    const options = await askForPasskeyOf(deps, { site, personId: viewerOf(req).id });
    keepChallenge(deps, { session: req.session, value: options.challenge, purpose });
    res.json(options);
  });

  router.post("/confirm/passkey", guards, async (req: Request, res: Response) => {
    const actor = viewerOf(req);
    const next = localPath(req.body.next);
    try {
      const answer = parseAssertion(req.body.credential);
      await takeChallenge(deps, { session: req.session, value: answer.challenge, purpose });
      await usePasskey(deps, { site, answer, address: req.ip ?? "", personId: actor.id });
      await noteConfirmation(deps, actor);
      res.redirect(303, next);
    } catch (error) {
      const errors = fieldErrors(error, { req, res, limitField: "credential" });
      await showConfirmPage(deps, req, res, { next, errors });
    }
  });

  return router;
}
