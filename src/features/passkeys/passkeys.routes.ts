import { type Request, type Response, Router } from "express";
import {
  type AddPasskeyDeps,
  addPasskey,
  askForNewPasskey,
} from "#features/passkeys/add-passkey.ts";
import { keepChallenge, takeChallenge } from "#features/passkeys/challenges.ts";
import {
  type PasskeySignInDeps,
  passkeySignIn,
} from "#features/passkeys/passkey-sign-in.routes.ts";
import { listPasskeys, mostPasskeys } from "#features/passkeys/passkeys.queries.ts";
import { PasskeyNameSchema, parseAttestation } from "#features/passkeys/passkeys.schemas.ts";
import { passkeysOf, removedPasskeyOf } from "#features/passkeys/passkeys.view-data.ts";
import { type RelyingParty, relyingPartyOf } from "#features/passkeys/relying-party.ts";
import { removePasskey } from "#features/passkeys/remove-passkey.ts";
import { renamePasskey } from "#features/passkeys/rename-passkey.ts";
import { deviceName } from "#lib/device-name.ts";
import { Conflict } from "#lib/errors.ts";
import { isConfirmed, requireConfirmation } from "#web/confirmation.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { requireSignIn, viewerOf } from "#web/guards.ts";
import { parseInput } from "#web/input.ts";
import { wantsJson } from "#web/negotiation.ts";
import type { SignIn } from "#web/sign-in.ts";

type PasskeysDeps = AddPasskeyDeps & PasskeySignInDeps;

/** How long ago somebody may have proved who they are to add or remove what signs them in. */
const tenMinutes = 600_000;

export function passkeysRoutes(deps: PasskeysDeps, signIn: SignIn): Router {
  const router = Router();
  router.use(passkeySignIn(deps, signIn));
  router.use(passkeySettings(deps));
  return router;
}

function passkeySettings(deps: PasskeysDeps): Router {
  const router = Router();
  const site = relyingPartyOf(deps.config);
  const confirmed = [requireSignIn, requireCsrf, requireConfirmation(deps, tenMinutes)];
  const purpose = "add";

  const show = async (req: Request, res: Response, given: Shown = {}) => {
    const viewer = viewerOf(req);
    const rows = await listPasskeys(deps, { personId: viewer.id });
    res.render("passkeys/index", {
      passkeys: passkeysOf(rows, { now: deps.clock(), typed: given.typed }),
      removedPasskey: takeRemovedPasskey(req, site),
      most: rows.length >= mostPasskeys ? mostPasskeys : null,
      isConfirmed: isConfirmed(viewer, deps.clock(), tenMinutes),
      errors: given.errors ?? {},
    });
  };

  router.get("/settings/passkeys", requireSignIn, (req, res) => show(req, res));

  router.post("/settings/passkeys/options", confirmed, async (req: Request, res: Response) => {
    const options = await askForNewPasskey(deps, { site, actor: viewerOf(req) });
    keepChallenge(deps, { session: req.session, value: options.challenge, purpose });
    res.json(options);
  });

  router.post("/settings/passkeys", confirmed, async (req: Request, res: Response) => {
    const actor = viewerOf(req);
    try {
      const answer = parseAttestation(req.body.credential);
      await takeChallenge(deps, { session: req.session, value: answer.challenge, purpose });
      const name = deviceName(req.get("User-Agent") ?? "");
      const codes = await addPasskey(deps, { site, actor, answer, name });
      addFlash(req, "Your passkey is added. It signs you in without your password.");
      if (codes) req.session.newRecoveryCodes = codes;
      res.redirect(303, codes ? "/settings/second-factor" : "/settings/passkeys");
    } catch (error) {
      await show(req, res, { errors: fieldErrors(error, { req, res, limitField: "credential" }) });
    }
  });

  router.post("/settings/passkeys/:id/rename", requireSignIn, requireCsrf, async (req, res) => {
    const id = String(req.params["id"]);
    try {
      const { name } = parseInput(PasskeyNameSchema, req.body);
      await renamePasskey(deps, { actor: viewerOf(req), id, name });
      addFlash(req, `It is called “${name}” now.`);
      res.redirect(303, "/settings/passkeys");
    } catch (error) {
      const errors = fieldErrors(error, { req, res, limitField: "name" });
      await show(req, res, { errors, typed: { id, name: String(req.body.name ?? "") } });
    }
  });

  router.post("/settings/passkeys/:id/remove", confirmed, async (req: Request, res: Response) => {
    const id = String(req.params["id"]);
    try {
      await removePasskey(deps, { actor: viewerOf(req), id });
      req.session.removedPasskey = id;
      addFlash(req, "The passkey is removed. It signs nobody in any more.");
    } catch (error) {
      if (!(error instanceof Conflict) || wantsJson(req)) throw error;
      addFlash(req, error.message, "notice");
    }
    res.redirect(303, "/settings/passkeys");
  });

  return router;
}

/** What the browser is told of the passkey that was removed here, once. */
function takeRemovedPasskey({ session }: Request, site: RelyingParty): string | null {
  const id = session.removedPasskey;
  delete session.removedPasskey;
  return id ? removedPasskeyOf(id, site) : null;
}

interface Shown {
  errors?: Readonly<Record<string, string>>;
  typed?: { id: string; name: string };
}
