import { Router } from "express";
import { requireStaff } from "#features/admin/admin-access.routes.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";

/** Everything below /admin, in the order in which addresses are tried. */
export function adminRoutes(deps: AdminDeps): Router {
  const router = Router();
  router.use("/admin", requireStaff(deps));
  return router;
}
