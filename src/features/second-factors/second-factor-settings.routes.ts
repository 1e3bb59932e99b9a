import { type Request, type RequestHandler, type Response, Router } from "express";
import { askPassword } from "#features/account/ask-password.routes.ts";
import { confirmationMilliseconds } from "#features/account/confirm-password.ts";
import { hasPassword } from "#features/account/settings.queries.ts";
import { addAuthenticator } from "#features/second-factors/add-authenticator.ts";
import type { ConfirmIdentityDeps } from "#features/second-factors/confirm-identity.routes.ts";
import { removeAuthenticator } from "#features/second-factors/remove-authenticator.ts";
import { renewRecoveryCodes } from "#features/second-factors/renew-recovery-codes.ts";
import { getSecondFactors } from "#features/second-factors/second-factors.queries.ts";
import {
  newAuthenticatorOf,
  newRecoveryCodesOf,
  secondFactorsOf,
} from "#features/second-factors/second-factors.view-data.ts";
import { takeCode } from "#features/second-factors/take-code.ts";
import { newSecret } from "#features/second-factors/totp.ts";
import { Conflict } from "#lib/errors.ts";
import { isConfirmed, requireConfirmation } from "#web/confirmation.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { requireSignIn, viewerOf } from "#web/guards.ts";
import { wantsJson } from "#web/negotiation.ts";
import { keepSession } from "#web/sessions.ts";

export type SecondFactorSettingsDeps = ConfirmIdentityDeps & { config: { baseUrl: string } };

type Errors = Readonly<Record<string, string>>;

const page = "/settings/second-factor";
const mine = [requireSignIn, requireCsrf];

/** Where a person turns the second step by authenticator app on and off, and gets recovery codes. */
export function secondFactorSettings(deps: SecondFactorSettingsDeps): Router {
  const router = Router();
  const confirmed = [...mine, requireConfirmation(deps, confirmationMilliseconds)];

  router.get(page, requireSignIn, async (req, res) => {
    const { newRecoveryCodes = [] } = req.session;
    // Shown once, as a message is: whoever finds this session later must not find them.
    if (req.method === "GET") delete req.session.newRecoveryCodes;
    await show(deps, req, res, { newRecoveryCodes });
  });

  router.use(turningOn(deps, confirmed));

  router.post(`${page}/turn-off`, mine, async (req: Request, res: Response) => {
    try {
      await proveAgain(deps, req);
      await removeAuthenticator(deps, { actor: viewerOf(req) });
      delete req.session.newAuthenticator;
      addFlash(req, "Two-step sign-in by app is off.");
      res.redirect(303, page);
    } catch (error) {
      const errors = fieldErrors(error, { req, res, limitField: "code" });
      await show(deps, req, res, { errors });
    }
  });

  router.post(`${page}/recovery-codes`, confirmed, async (req: Request, res: Response) => {
    req.session.newRecoveryCodes = await renewRecoveryCodes(deps, { actor: viewerOf(req) });
    addFlash(req, "These are your new codes. Earlier ones count no more.");
    res.redirect(303, page);
  });

  return router;
}

function turningOn(deps: SecondFactorSettingsDeps, confirmed: RequestHandler[]): Router {
  const router = Router();

  router.post(`${page}/begin`, confirmed, async (req: Request, res: Response) => {
    req.session.newAuthenticator = newSecret();
    await keepSession(req);
    res.redirect(303, page);
  });

  router.post(`${page}/cancel`, mine, async (req: Request, res: Response) => {
    delete req.session.newAuthenticator;
    await keepSession(req);
    res.redirect(303, page);
  });

  router.post(page, confirmed, async (req: Request, res: Response) => {
    const secret = req.session.newAuthenticator;
    if (!secret) return res.redirect(303, page);
    try {
      const code = String(req.body.code ?? "");
      const codes = await addAuthenticator(deps, { actor: viewerOf(req), secret, code });
      delete req.session.newAuthenticator;
      addFlash(req, "Two-step sign-in is on.");
      if (codes) req.session.newRecoveryCodes = codes;
      res.redirect(303, page);
    } catch (error) {
      // Sent twice: this session is the first one's to write, which has the codes to show.
      if (error instanceof Conflict && !wantsJson(req)) return res.redirect(303, page);
      const errors = fieldErrors(error, { req, res, limitField: "code" });
      await show(deps, req, res, { errors });
    }
  });

  return router;
}

async function show(
  deps: SecondFactorSettingsDeps,
  req: Request,
  res: Response,
  { errors = {}, newRecoveryCodes = [] }: { errors?: Errors; newRecoveryCodes?: string[] },
): Promise<void> {
  const viewer = viewerOf(req);
  const { username } = viewer;
  const now = deps.clock();
  const factors = await getSecondFactors(deps, viewer);
  const secret = req.session.newAuthenticator;
  const { host } = new URL(deps.config.baseUrl);
  // Whoever finds this session later must not learn a secret that its owner may yet confirm.
  const isShown =
    secret !== undefined &&
    !factors.hasAuthenticator &&
    isConfirmed(viewer, now, confirmationMilliseconds);
  res.set("Cache-Control", "no-store");
  res.render("second-factors/settings", {
    factors: secondFactorsOf(factors),
    setup: isShown ? newAuthenticatorOf({ secret, username, host }) : null,
    hasPassword: await hasPassword(deps, viewer),
    newRecoveryCodes: newRecoveryCodesOf({ codes: newRecoveryCodes, username, host, now }),
    errors,
  });
}

/** By a code or the password, each time: a sign-in of just now is not enough to turn this off. */
async function proveAgain(deps: SecondFactorSettingsDeps, req: Request): Promise<void> {
  const actor = viewerOf(req);
  const address = req.ip ?? "";
  const code = String(req.body.code ?? "");
  if (code === "" && req.body.password && (await hasPassword(deps, actor))) {
    return askPassword(deps, req, "password");
  }
  await takeCode(deps, { person: actor, code, address });
}
