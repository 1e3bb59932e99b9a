import { type RequestHandler, Router } from "express";
import { isRecent } from "#features/admin/admin-access.routes.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { fromList } from "#features/admin/back-to-list.ts";
import { listQueryOf, modelOf, requireRights } from "#features/admin/object-requests.routes.ts";
import { registry } from "#features/admin/registry.ts";
import { requireCsrf } from "#web/csrf.ts";
import { wantsJson } from "#web/negotiation.ts";

const isRegistered = (name: string) => registry.some((model) => model.name === name);

/**
 * Forms of rows that were typed past the hour of a confirmation: nothing is saved, and nothing of a row is
 * read, but what was typed is kept on a page until it may be sent again.
 */
export function lateFormRoutes(deps: AdminDeps): Router {
  const router = Router();

  const unlessRecent: RequestHandler = (req, _res, next) => {
    const [name, key] = [req.params["model"], String(req.params["key"])];
    const isForm = isRegistered(String(name)) && key.toLowerCase() !== "actions";
    next(!isForm || wantsJson(req) || isRecent(deps, req) ? "router" : undefined);
  };
  const mayWrite: RequestHandler = (req, res, next) =>
    (req.params["key"] === "new" ? requireRights("add") : requireRights("view", "change"))(
      req,
      res,
      next,
    );

  router.post("/admin/:model/:key", unlessRecent, mayWrite, requireCsrf, (req, res) => {
    const path = `/admin/${modelOf(req).name}/${encodeURIComponent(String(req.params["key"]))}`;
    const { _csrf, ...typed } = req.body as Record<string, string>;
    // A password is on no page of ours: it is typed once more.
    const { password, ...fields } = typed;
    res.status(403).render("admin/late-form", {
      action: fromList(path, listQueryOf(deps, req)),
      fields: Object.entries(fields),
      hasPassword: !!password,
    });
  });

  return router;
}
