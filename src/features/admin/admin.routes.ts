import { Router } from "express";
import { requireStaff } from "#features/admin/admin-access.routes.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { adminNav } from "#features/admin/admin-nav.routes.ts";
import { bulkRoutes } from "#features/admin/bulk.routes.ts";
import { frontPageRoutes } from "#features/admin/front-page.routes.ts";
import { historyRoutes } from "#features/admin/history.routes.ts";
import { jobsRoutes } from "#features/admin/jobs.routes.ts";
import { listsRoutes } from "#features/admin/lists.routes.ts";
import { objectsRoutes } from "#features/admin/objects.routes.ts";
import { pickRoutes } from "#features/admin/pick.routes.ts";
import { removalRoutes } from "#features/admin/removal.routes.ts";
import { requireConfirmation } from "#web/confirmation.ts";

const hour = 3_600_000;

/** Everything below /admin, in the order in which addresses are tried. */
export function adminRoutes(deps: AdminDeps): Router {
  const router = Router();
  router.use("/admin", requireStaff(deps), requireConfirmation(deps, hour), adminNav);
  router.use(frontPageRoutes(deps));
  router.use(jobsRoutes(deps));
  router.use(historyRoutes(deps));
  router.use(pickRoutes(deps));
  router.use(listsRoutes(deps));
  router.use(bulkRoutes(deps));
  router.use(objectsRoutes(deps));
  router.use(removalRoutes(deps));
  return router;
}
