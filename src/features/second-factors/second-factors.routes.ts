import { type Request, type Response, Router } from "express";
import {
  confirmIdentityRoutes,
  tellWhatIsLeft,
} from "#features/second-factors/confirm-identity.routes.ts";
import {
  findPendingPerson,
  isTooLate,
  type PendingPerson,
} from "#features/second-factors/find-pending-person.ts";
import {
  type SecondFactorSettingsDeps,
  secondFactorSettings,
} from "#features/second-factors/second-factor-settings.routes.ts";
import type { SecondFactors } from "#features/second-factors/second-factors.queries.ts";
import { takeCode } from "#features/second-factors/take-code.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { fieldErrors } from "#web/form-errors.ts";
import type { SignIn } from "#web/sign-in.ts";

type SecondFactorsDeps = SecondFactorSettingsDeps;

export function secondFactorsRoutes(deps: SecondFactorsDeps, signIn: SignIn): Router {
  const router = Router();
  router.use(secondStep(deps, signIn));
  router.use(confirmIdentityRoutes(deps));
  router.use(secondFactorSettings(deps));
  return router;
}

/** The second step of signing in. */
function secondStep(deps: SecondFactorsDeps, signIn: SignIn): Router {
  const router = Router();
  const show = (res: Response, factors: SecondFactors, errors = {}) =>
    res.render("second-factors/second-step", { factors, errors });

  router
    .route("/login/second-factor")
    .get(async (req, res) => {
      const pending = await findPendingPerson(deps, req.session.pendingSignIn);
      if (!pending) return beginAgain(req, res);
      show(res, pending.factors);
    })
    .post(requireCsrf, async (req, res) => {
      const pending = await findPendingPerson(deps, req.session.pendingSignIn);
      if (!pending) return beginAgain(req, res);
      try {
        await enterByCode(deps, signIn, req, pending);
        res.redirect(303, pending.next);
      } catch (error) {
        if (isTooLate(error)) return beginAgain(req, res);
        show(res, pending.factors, fieldErrors(error, { req, res, limitField: "code" }));
      }
    });

  return router;
}

async function enterByCode(
  deps: SecondFactorsDeps,
  signIn: SignIn,
  req: Request,
  { person, next, isKept }: PendingPerson,
): Promise<void> {
  const code = String(req.body.code ?? "");
  const kind = await takeCode(deps, { person, code, address: req.ip ?? "" });
  await signIn.enter(req, person, { next, isKept, isSecondStepDone: true });
  if (kind === "recovery") await tellWhatIsLeft(deps, req, person);
}

/** For whoever took too long, or whose password or factors changed meanwhile. */
function beginAgain(req: Request, res: Response): void {
  if (req.session.pendingSignIn) {
    delete req.session.pendingSignIn;
    addFlash(req, "That sign-in has ended. Sign in once more.", "notice");
  }
  res.redirect(303, "/login");
}
