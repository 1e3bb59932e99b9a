import { Router } from "express";
import { showList } from "#features/images/images.routes.ts";
import type { Database } from "#platform/database.ts";

export function homeRoutes(deps: { database: Database }): Router {
  const router = Router();
  router.get("/", (req, res) => showList(deps, req, res, "/images"));
  return router;
}
