import { type Request, Router } from "express";
import { noteConfirmation } from "#features/account/confirm-identity.ts";
import { type ConfirmPasswordDeps, confirmPassword } from "#features/account/confirm-password.ts";
import { hasPassword } from "#features/account/settings.queries.ts";
import { isConnected } from "#features/openid/openid.queries.ts";
import { getSecondFactors } from "#features/second-factors/second-factors.queries.ts";
import { type TakeCodeDeps, takeCode } from "#features/second-factors/take-code.ts";
import { requireCsrf } from "#web/csrf.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { localPath, requireSignIn, viewerOf } from "#web/guards.ts";
import { queryText } from "#web/input.ts";

export type ConfirmIdentityDeps = TakeCodeDeps & ConfirmPasswordDeps;

/** The page that asks a signed-in person again who they are. */
export function confirmIdentityRoutes(deps: ConfirmIdentityDeps): Router {
  const router = Router();
  const waysOf = async (req: Request) => ({
    hasPassword: await hasPassword(deps, viewerOf(req)),
    factors: await getSecondFactors(deps, viewerOf(req)),
    isConnected: await isConnected(deps, { personId: viewerOf(req).id }),
  });

  router
    .route("/confirm")
    .get(requireSignIn, async (req, res) => {
      const next = localPath(queryText(req, "next"));
      res.render("second-factors/confirm", { ...(await waysOf(req)), next, errors: {} });
    })
    .post(requireSignIn, requireCsrf, async (req, res) => {
      const next = localPath(req.body.next);
      const isByCode = req.body.code !== undefined;
      try {
        await (isByCode ? confirmByCode(deps, req) : confirmByPassword(deps, req));
        res.redirect(303, next);
      } catch (error) {
        const limitField = isByCode ? "code" : "password";
        const errors = fieldErrors(error, { req, res, limitField });
        res.render("second-factors/confirm", { ...(await waysOf(req)), next, errors });
      }
    });

  return router;
}

const confirmByPassword = (deps: ConfirmIdentityDeps, req: Request) =>
  confirmPassword(deps, {
    actor: viewerOf(req),
    password: String(req.body.password ?? "").slice(0, 1001),
    address: req.ip ?? "",
    field: "password",
  });

async function confirmByCode(deps: ConfirmIdentityDeps, req: Request): Promise<void> {
  const actor = viewerOf(req);
  await takeCode(deps, { person: actor, code: req.body.code, address: req.ip ?? "" });
  await noteConfirmation(deps, actor);
}
