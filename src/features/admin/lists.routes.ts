import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify";
import { type Request, type Response, Router } from "express";
import { actorOf } from "#features/admin/admin-access.routes.ts";
import { askedList } from "#features/admin/asked-list.ts";
import { countRows } from "#features/admin/count-rows.ts";
import { exportRows } from "#features/admin/export-rows.ts";
import { listOf } from "#features/admin/list.view-data.ts";
import { listRows, type RowScope } from "#features/admin/list-rows.queries.ts";
import { modelOf, requireRights } from "#features/admin/object-requests.routes.ts";
import type { Database } from "#platform/database.ts";

interface ListDeps {
  database: Database;
  clock: () => Date;
}

/** The rows of every registered model: a page of them, and all of them as a file. */
export function listsRoutes(deps: ListDeps): Router {
  const router = Router();

  router.get("/admin/:model", requireRights("view"), async (req, res) => {
    const [model, actor] = [modelOf(req), actorOf(req)];
    const { scope, query, filters } = await askedList(deps, { model, actor }, req.query);
    const page = await listRows(deps, scope, query);
    // What fits on one page is counted already.
    const count =
      page.before || page.after
        ? await countRows(deps, scope)
        : { count: page.rows.length, isEstimate: false };
    res.render("admin/list", {
      list: listOf(deps, { model, actor, query, filters, page, count }),
    });
  });

  router.get("/admin/:model/export.csv", requireRights("view"), async (req, res) => {
    const asked = { model: modelOf(req), actor: actorOf(req) };
    const { scope } = await askedList(deps, asked, req.query);
    await sendFile(deps, scope, req, res);
  });

  return router;
}

async function sendFile(
  deps: ListDeps,
  scope: RowScope,
  req: Request,
  res: Response,
): Promise<void> {
  const day = deps.clock().toISOString().slice(0, 10);
  res.set({
    "Content-Type": "text/csv; charset=utf-8",
    "Content-Disposition": `attachment; filename="magpie-${scope.model.name}-${day}.csv"`,
    "Cache-Control": "no-store",
  });
  if (req.method === "HEAD") {
    res.end();
    return;
  }
  // Spreadsheets take a file for UTF-8 by its mark, and a cell for a formula by how it begins.
  const lines = stringify({ bom: true, escape_formulas: true, record_delimiter: "windows" });
  await pipeline(exportRows(deps, scope), lines, res).catch((error) => {
    // Half a list must not look like a whole one: the connection breaks. Who left knows.
    if (error?.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  });
}
