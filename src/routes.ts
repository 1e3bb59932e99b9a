import { Router } from "express";
import type { Dependencies } from "#dependencies";
import { accountRoutes } from "#features/account/account.routes.ts";
import { confirmEmailRoutes } from "#features/account/confirm-email.routes.ts";
import { passwordResetRoutes } from "#features/account/password-reset.routes.ts";
import { settingsRoutes } from "#features/account/settings.routes.ts";
import { feedRoutes } from "#features/activity/feed.routes.ts";
import { adminRoutes } from "#features/admin/admin.routes.ts";
import { bookmarkletRoutes } from "#features/bookmarklet/bookmarklet.routes.ts";
import { imagesRoutes } from "#features/images/images.routes.ts";
import { rankingRoutes } from "#features/images/ranking.routes.ts";
import { saveImageRoutes } from "#features/images/save-image.routes.ts";
import { openidRoutes } from "#features/openid/openid.routes.ts";
import { passkeysRoutes } from "#features/passkeys/passkeys.routes.ts";
import { secondFactorsRoutes } from "#features/second-factors/second-factors.routes.ts";
import { usersRoutes } from "#features/users/users.routes.ts";
import type { SignIn } from "#web/sign-in.ts";

/** Every page of the site; what stands before sessions is mounted in app.ts. */
export function routes(deps: Dependencies, signIn: SignIn): Router {
  const router = Router();
  router.use(feedRoutes(deps));
  router.use(accountRoutes(deps, signIn));
  router.use(secondFactorsRoutes(deps, signIn));
  router.use(passkeysRoutes(deps, signIn));
  if (deps.openid) router.use(openidRoutes({ ...deps, openid: deps.openid }, signIn));
  router.use(passwordResetRoutes(deps));
  router.use(confirmEmailRoutes(deps));
  router.use(settingsRoutes(deps, signIn));
  router.use(saveImageRoutes(deps));
  router.use(imagesRoutes(deps));
  router.use(rankingRoutes(deps));
  router.use(usersRoutes(deps));
  router.use(bookmarkletRoutes(deps));
  router.use(adminRoutes(deps));
  return router;
}
