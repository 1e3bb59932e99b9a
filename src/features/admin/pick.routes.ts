import { Router } from "express";
import { actorOf } from "#features/admin/admin-access.routes.ts";
import { listChoices } from "#features/admin/pick.queries.ts";
import { modelNamed } from "#features/admin/registry.ts";
import { NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import { queryText } from "#web/input.ts";

/** Rows to choose from while somebody types, for public/modules/admin-picker.ts. */
export function pickRoutes(deps: { database: Database }): Router {
  const router = Router();
  router.get("/admin/pick/:model", async (req, res) => {
    const model = modelNamed(req.params.model);
    const actor = actorOf(req);
    if (!actor.may(model.name, "view")) throw new NotFound();
    const sought = queryText(req, "q") ?? "";
    const choices = await listChoices(deps, { model, actor, sought });
    res.set("Cache-Control", "no-store").json({ choices });
  });
  return router;
}
