import { type RequestHandler, Router } from "express";
import { actorOf, requireRecent, requireStaff } from "#features/admin/admin-access.routes.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { adminNav } from "#features/admin/admin-nav.routes.ts";
import { bulkRoutes } from "#features/admin/bulk.routes.ts";
import { frontPageRoutes } from "#features/admin/front-page.routes.ts";
import { historyRoutes } from "#features/admin/history.routes.ts";
import { jobsRoutes } from "#features/admin/jobs.routes.ts";
import { lateFormRoutes } from "#features/admin/late-forms.routes.ts";
import { listsRoutes } from "#features/admin/lists.routes.ts";
import { objectsRoutes } from "#features/admin/objects.routes.ts";
import { pickRoutes } from "#features/admin/pick.routes.ts";
import { removalRoutes } from "#features/admin/removal.routes.ts";
import { NotFound } from "#lib/errors.ts";

/** Everything below /admin, in the order in which addresses are tried. */
export function adminRoutes(deps: AdminDeps): Router {
  const router = Router();
  router.use("/admin", requireStaff(deps), adminNav);
  const lateForms = lateFormRoutes(deps);
  // To other methods it would answer that it takes a POST.
  router.use((req, res, next) => (req.method === "POST" ? lateForms(req, res, next) : next()));
  router.use("/admin", requireRecent(deps), hideOptions);
  router.use(frontPageRoutes(deps));
  router.use(jobsRoutes(deps));
  router.use(historyRoutes(deps));
  router.use(pickRoutes(deps));
  router.use(listsRoutes(deps));
  router.use(bulkRoutes(deps));
  router.use(objectsRoutes(deps));
  router.use(removalRoutes(deps));
  router.use("/admin", hideOthers);
  return router;
}

/** That an address answers to another method is told only to those who may look at what it is of. */
const hideOthers: RequestHandler = (req, _res, next) => {
  const name = req.path.split("/")[1] ?? "";
  const isSeen = ["", "history"].includes(name) || actorOf(req).may(name, "view");
  next(isSeen ? undefined : new NotFound());
};

/** Routers answer these by themselves, each for its own pages. */
const hideOptions: RequestHandler = (req, res, next) =>
  req.method === "OPTIONS" ? hideOthers(req, res, next) : next();
