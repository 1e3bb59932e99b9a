import { Router } from "express";
import { confirmationMilliseconds } from "#features/account/confirm-password.ts";
import { disconnectIdentity } from "#features/openid/connect-identity.ts";
import { type OpenidDeps, setOut } from "#features/openid/journey.routes.ts";
import { hasWayInHere, listConnections } from "#features/openid/openid.queries.ts";
import { connectionsOf } from "#features/openid/openid.view-data.ts";
import { Conflict } from "#lib/errors.ts";
import { requireConfirmation } from "#web/confirmation.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { requireSignIn, viewerOf } from "#web/guards.ts";
import { wantsJson } from "#web/negotiation.ts";

const page = "/settings/connections";

/** By which account at the provider a person signs in. */
export function connectionsRoutes(deps: OpenidDeps): Router {
  const router = Router();
  const confirmed = requireConfirmation(deps, confirmationMilliseconds);

  router.get(page, requireSignIn, async (req, res) => {
    const { id: personId } = viewerOf(req);
    const [rows, hasOther] = await Promise.all([
      listConnections(deps, { personId }),
      hasWayInHere(deps, { personId }),
    ]);
    const now = deps.clock();
    res.render("openid/connections", connectionsOf(rows, { provider: deps.openid, hasOther, now }));
  });

  router.post(`${page}/link`, requireSignIn, requireCsrf, confirmed, async (req, res) => {
    const { id: personId } = viewerOf(req);
    const plan = { purpose: "connect", personId, isKept: false, next: page } as const;
    await setOut(deps, { req, res, plan, back: page });
  });

  router.post(`${page}/unlink`, requireSignIn, requireCsrf, confirmed, async (req, res) => {
    const issuer = String(req.body.issuer ?? deps.openid.issuer);
    try {
      const isEnded = await disconnectIdentity(deps, { actor: viewerOf(req), issuer });
      addFlash(req, isEnded ? "Your account is disconnected." : "It was disconnected already.");
    } catch (error) {
      if (!(error instanceof Conflict) || wantsJson(req)) throw error;
      addFlash(req, error.message, "notice");
    }
    res.redirect(303, page);
  });

  return router;
}
