import { Router } from "express";
import { showList } from "#features/images/images.routes.ts";
import type { Sql } from "#platform/sql.ts";

export function homeRoutes(deps: { sql: Sql }): Router {
  const router = Router();
  router.get("/", (req, res) => showList(deps, req, res, "/images"));
  return router;
}
