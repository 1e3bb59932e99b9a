import { type Request, Router } from "express";
import { confirmByIdentity } from "#features/openid/confirm-by-identity.ts";
import { connectIdentity } from "#features/openid/connect-identity.ts";
import { connectionsRoutes } from "#features/openid/connections.routes.ts";
import {
  isEmailNotConfirmed,
  type OpenidDeps,
  sentenceOf,
  setOut,
  signUpsClosed,
} from "#features/openid/journey.routes.ts";
import { takeJourney } from "#features/openid/journey.ts";
import { newcomerRoutes, welcome } from "#features/openid/newcomer.routes.ts";
import { fieldsOf, NewcomerSchema } from "#features/openid/openid.schemas.ts";
import { recognisePerson } from "#features/openid/recognise-person.ts";
import { registerNewcomer } from "#features/openid/register-newcomer.ts";
import { DomainError, Forbidden, Invalid } from "#lib/errors.ts";
import { OpenidError } from "#platform/openid-error.ts";
import type { OpenidIdentity } from "#platform/openid-identity.ts";
import { networkOf } from "#platform/rate-limits.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { localPath, requireSignIn, viewerOf } from "#web/guards.ts";
import { queryText } from "#web/input.ts";
import { hideAddress } from "#web/security-headers.ts";
import { keepSession } from "#web/sessions.ts";
import type { SignIn } from "#web/sign-in.ts";
import type { OpenidJourney } from "#web/types.ts";

/** Signing in where people have an account already, and what belongs to it. */
export function openidRoutes(deps: OpenidDeps, signIn: SignIn): Router {
  const router = Router();

  router.post("/login/openid", requireCsrf, async (req, res) => {
    const next = localPath(req.body.next);
    const isKept = req.body.keep !== undefined;
    const plan = { purpose: "sign-in", personId: null, isKept, next } as const;
    await setOut(deps, { req, res, plan, back: `/login?next=${encodeURIComponent(next)}` });
  });

  router.post("/confirm/openid", requireSignIn, requireCsrf, async (req, res) => {
    const next = localPath(req.body.next);
    const { id: personId } = viewerOf(req);
    const plan = { purpose: "confirm", personId, isKept: false, next } as const;
    await setOut(deps, { req, res, plan, back: `/confirm?next=${encodeURIComponent(next)}` });
  });

  // The one GET that changes something: the protocol wants it. Nobody can be made to come here with
  // anything but what they set out for, because the session holds the state, the nonce and the key.
  router.get("/login/openid/callback", hideAddress, async (req, res) => {
    const { session } = req;
    const journey = takeJourney(session, { state: queryText(req, "state"), now: deps.clock() });
    if (!journey) {
      addFlash(req, "That took too long, or was done already. Try again.", "notice");
      return res.redirect(303, "/login");
    }
    try {
      res.redirect(303, await arrive(deps, signIn, req, journey));
    } catch (error) {
      if (isEmailNotConfirmed(error)) return res.redirect(303, "/confirm-email");
      const isOurs = error instanceof DomainError || error instanceof OpenidError;
      if (!isOurs) throw error;
      const sentence =
        error instanceof OpenidError ? sentenceOf(error, deps.openid) : error.message;
      addFlash(req, sentence, "notice");
      res.redirect(303, backOf(journey));
    }
  });

  router.use(newcomerRoutes(deps, signIn));
  router.use(connectionsRoutes(deps));
  return router;
}

/** Where somebody stands again after a failure, to try once more. */
function backOf({ purpose, next }: OpenidJourney): string {
  if (purpose === "connect") return "/settings/connections";
  return `/${purpose === "confirm" ? "confirm" : "login"}?next=${encodeURIComponent(next)}`;
}

/** Does what somebody set out for; answers where they go. */
async function arrive(
  deps: OpenidDeps,
  signIn: SignIn,
  req: Request,
  journey: OpenidJourney,
): Promise<string> {
  await deps.limits.openidByAddress.take(networkOf(req.ip ?? ""));
  const query = new URL(req.originalUrl, "http://magpie.invalid").search;
  const found = await deps.openid.finish(query, journey);
  if (journey.purpose === "sign-in") return enter(deps, signIn, req, journey, found.identity);
  const actor = req.user;
  if (actor?.id !== journey.personId) {
    throw new Forbidden("signed_out", "You are signed out. Sign in, then try again.");
  }
  if (journey.purpose === "confirm") {
    await confirmByIdentity(deps, { actor, since: journey.since, ...found });
    return journey.next;
  }
  await connectIdentity(deps, { actor, identity: found.identity });
  addFlash(req, `You can sign in with ${deps.openid.name} from now on.`);
  return "/settings/connections";
}

async function enter(
  deps: OpenidDeps,
  signIn: SignIn,
  req: Request,
  { next, isKept }: OpenidJourney,
  identity: OpenidIdentity,
): Promise<string> {
  const person = await recognisePerson(deps, { identity });
  if (person) return signIn.enter(req, person, { next, isKept });
  if (!deps.signUpsOpen) throw signUpsClosed();
  const fields = NewcomerSchema.safeParse(fieldsOf(identity));
  // Where nobody may learn whether an address is somebody's, one that is not vouched for goes through
  // the form: whoever waits for its mail in vain comes back to it, and may type another.
  const isSettled = !deps.emailConfirmationRequired || identity.isEmailVerified;
  if (fields.success && isSettled) {
    try {
      await deps.limits.registrationsByAddress.take(networkOf(req.ip ?? ""));
      const newcomer = await registerNewcomer(deps, { identity, input: fields.data });
      return newcomer ? await welcome(signIn, req, newcomer, { next, isKept }) : "/confirm-email";
    } catch (error) {
      // Taken: they choose others by the form.
      if (!(error instanceof Invalid)) throw error;
      if (error.fields["email"]) addFlash(req, error.fields["email"], "notice");
    }
  }
  req.session.openidNewcomer = { identity, next, isKept, since: deps.clock().getTime() };
  await keepSession(req);
  return "/register/openid";
}
