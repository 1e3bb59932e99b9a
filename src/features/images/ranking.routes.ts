import { Router } from "express";
import { listRanking } from "#features/images/ranking.queries.ts";
import { rankingOf } from "#features/images/ranking.view-data.ts";
import { NotFound } from "#lib/errors.ts";
import type { Sql } from "#platform/sql.ts";
import { rankingPeriods, type ViewCounters } from "#platform/view-counters.ts";
import { queryText } from "#web/input.ts";

export function rankingRoutes(deps: {
  sql: Sql;
  viewCounters: ViewCounters;
  clock: () => Date;
}): Router {
  const router = Router();

  router.get("/ranking", async (req, res) => {
    const asked = queryText(req, "period") || "all";
    const period = rankingPeriods.find((known) => known === asked);
    if (!period) throw new NotFound();
    const rows = await listRanking(deps, { period, viewer: req.user ?? null });
    res.render("images/ranking", rankingOf(rows, period));
  });

  return router;
}
