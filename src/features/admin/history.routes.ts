import { type Request, Router } from "express";
import { actorOf } from "#features/admin/admin-access.routes.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { fromList, listHref } from "#features/admin/back-to-list.ts";
import {
  type ChangeFilter,
  historiesOf,
  listChanges,
  listThere,
  parseChangeId,
  recorded,
} from "#features/admin/history.queries.ts";
import { changeKinds, changesOf } from "#features/admin/history.view-data.ts";
import { keyText } from "#features/admin/object-keys.ts";
import {
  askedKey,
  listQueryOf,
  modelOf,
  requireRights,
} from "#features/admin/object-requests.routes.ts";
import { findRow } from "#features/admin/object-rows.ts";
import { BadRequest, NotFound } from "#lib/errors.ts";
import { queryText } from "#web/input.ts";

const pageSize = 50;

/** Everything that was done here, and before the lists, for its address looks like one. */
export function historyRoutes(deps: AdminDeps): Router {
  const router = Router();

  router.get("/admin/history", async (req, res) => {
    const actor = actorOf(req);
    const models = recorded.filter(({ name }) => actor.may(name, "view"));
    const filter = filterIn(req);
    if (filter.model && !models.some(({ name }) => name === filter.model)) throw new NotFound();
    res.render("admin/history", {
      ...(await readPage(deps, req, filter, filter)),
      filter,
      models,
      kinds: Object.entries(changeKinds).map(([value, label]) => ({ value, label })),
      mayPickPeople: actor.may("users", "view"),
    });
  });

  router.get("/admin/:model/:key/history", requireRights("view"), async (req, res) => {
    const model = modelOf(req);
    const key = askedKey(deps, req);
    const objectId = keyText(model, key);
    const listQuery = listQueryOf(deps, req);
    const [page, row] = await Promise.all([
      readPage(deps, req, { model: historiesOf(model), objectId }, { list: listQuery }),
      findRow(deps.database, model, key),
    ]);
    // Of what is gone the history is left; what never was has none.
    if (!row && page.changes.length === 0) throw new NotFound();
    res.render("admin/object-history", {
      ...page,
      object: {
        many: model.many,
        listHref: listHref(model, listQuery),
        href: row ? fromList(`/admin/${model.name}/${objectId}`, listQuery) : null,
        label: row ? model.label(row) : page.changes[0]?.what.label,
      },
    });
  });

  return router;
}

function filterIn(req: Request) {
  const kind = queryText(req, "kind") || undefined;
  if (kind !== undefined && !isKind(kind)) throw new BadRequest();
  return {
    model: queryText(req, "model") || undefined,
    kind,
    person: queryText(req, "person")?.trim() || undefined,
  };
}

const isKind = (text: string): text is keyof typeof changeKinds => Object.hasOwn(changeKinds, text);

/** @param kept what of its address stays from page to page */
async function readPage(
  deps: AdminDeps,
  req: Request,
  filter: ChangeFilter,
  kept: Readonly<Record<string, string | undefined>>,
) {
  const actor = actorOf(req);
  const before = parseChangeId(queryText(req, "before"));
  const after = before === undefined ? parseChangeId(queryText(req, "after")) : undefined;
  const isNearest = after !== undefined;
  const request = { ...filter, actor, before, after, isNearest, limit: pageSize + 1 };
  const rows = await listChanges(deps, request);
  const shown = isNearest ? rows.slice(-pageSize) : rows.slice(0, pageSize);
  const isMore = rows.length > pageSize;
  const [first, last] = [shown.at(0), shown.at(-1)];
  const isNewer = isNearest ? isMore : before !== undefined;
  return {
    changes: changesOf(shown, { actor, now: deps.clock(), there: await listThere(deps, shown) }),
    newestHref: isNearest || isNewer ? hrefWith(kept) : null,
    newerHref: first && isNewer ? hrefWith({ ...kept, after: String(first.id) }) : null,
    olderHref:
      last && (isNearest || isMore) ? hrefWith({ ...kept, before: String(last.id) }) : null,
  };
}

/** The page one is on, with other parameters. */
function hrefWith(parameters: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(parameters).filter((each): each is [string, string] => !!each[1]);
  return `?${new URLSearchParams(set)}`;
}
