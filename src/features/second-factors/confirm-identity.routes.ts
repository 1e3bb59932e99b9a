import { type Request, type Response, Router } from "express";
import { askPassword } from "#features/account/ask-password.routes.ts";
import { noteConfirmation } from "#features/account/confirm-identity.ts";
import type { ConfirmPasswordDeps } from "#features/account/confirm-password.ts";
import { hasPassword } from "#features/account/settings.queries.ts";
import { isConnected } from "#features/openid/openid.queries.ts";
import type { Provider } from "#features/openid/ways-in.ts";
import { getSecondFactors } from "#features/second-factors/second-factors.queries.ts";
import { type TakeCodeDeps, takeCode } from "#features/second-factors/take-code.ts";
import { counted } from "#lib/text.ts";
import type { Sql } from "#platform/sql.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { localPath, requireSignIn, viewerOf } from "#web/guards.ts";
import { queryText } from "#web/input.ts";

export type ConfirmIdentityDeps = TakeCodeDeps & ConfirmPasswordDeps & ConfirmPageDeps;

interface ConfirmPageDeps {
  sql: Sql;
  openid: Provider;
}

/** The page that asks a signed-in person again who they are. */
export function confirmIdentityRoutes(deps: ConfirmIdentityDeps): Router {
  const router = Router();

  router
    .route("/confirm")
    .get(requireSignIn, async (req, res) => {
      const next = localPath(queryText(req, "next"));
      await showConfirmPage(deps, req, res, { next });
    })
    .post(requireSignIn, requireCsrf, async (req, res) => {
      const next = localPath(req.body.next);
      const isByCode = req.body.code !== undefined;
      try {
        await (isByCode ? confirmByCode(deps, req) : askPassword(deps, req, "password"));
        res.redirect(303, next);
      } catch (error) {
        const limitField = isByCode ? "code" : "password";
        const errors = fieldErrors(error, { req, res, limitField });
        await showConfirmPage(deps, req, res, { next, errors });
      }
    });

  return router;
}

/** With every way that the viewer has, also once another one failed. */
export async function showConfirmPage(
  deps: ConfirmPageDeps,
  req: Request,
  res: Response,
  { next, errors = {} }: { next: string; errors?: Readonly<Record<string, string>> },
): Promise<void> {
  const viewer = viewerOf(req);
  res.render("second-factors/confirm", {
    hasPassword: await hasPassword(deps, viewer),
    factors: await getSecondFactors(deps, viewer),
    isConnected: await isConnected(deps, { personId: viewer.id }),
    next,
    errors,
  });
}

async function confirmByCode(deps: ConfirmIdentityDeps, req: Request): Promise<void> {
  const actor = viewerOf(req);
  const address = req.ip ?? "";
  const kind = await takeCode(deps, { person: actor, code: req.body.code, address });
  await noteConfirmation(deps, actor);
  if (kind === "recovery") await tellWhatIsLeft(deps, req, actor);
}

/** For whoever has just used a recovery code up. */
export async function tellWhatIsLeft(
  deps: { sql: Sql },
  req: Request,
  person: { id: number },
): Promise<void> {
  const { recoveryCodes } = await getSecondFactors(deps, person);
  addFlash(
    req,
    recoveryCodes === 0
      ? "That was your last recovery code. Make new ones in your settings, under Two-step sign-in."
      : `That was a recovery code. You have ${counted(recoveryCodes, "more", "more")}.`,
  );
}
