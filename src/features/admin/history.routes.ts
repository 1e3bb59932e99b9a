import { type Request, Router } from "express";
import { actorOf } from "#features/admin/admin-access.routes.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import {
  type ChangeFilter,
  listChanges,
  listThere,
  parseChangeId,
  recorded,
} from "#features/admin/history.queries.ts";
import { changeKinds, changesOf } from "#features/admin/history.view-data.ts";
import { keyText } from "#features/admin/object-keys.ts";
import { askedKey, modelOf, requireRights } from "#features/admin/object-requests.routes.ts";
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
      ...(await readPage(deps, req, filter)),
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
    const [page, row] = await Promise.all([
      readPage(deps, req, { model: model.name, objectId }),
      findRow(deps.database, model, key),
    ]);
    // Of what is gone the history is left; what never was has none.
    if (!row && page.changes.length === 0) throw new NotFound();
    const href = `/admin/${model.name}`;
    res.render("admin/object-history", {
      ...page,
      object: {
        many: model.many,
        listHref: href,
        href: row ? `${href}/${objectId}` : null,
        label: row ? model.label(row) : page.changes[0]?.what.label,
      },
    });
  });

  return router;
}

function filterIn(req: Request): Pick<ChangeFilter, "model" | "kind" | "person"> {
  const kind = queryText(req, "kind") || undefined;
  if (kind !== undefined && !isKind(kind)) throw new BadRequest();
  return {
    model: queryText(req, "model") || undefined,
    kind,
    person: queryText(req, "person")?.trim() || undefined,
  };
}

const isKind = (text: string): text is keyof typeof changeKinds => Object.hasOwn(changeKinds, text);

async function readPage(deps: AdminDeps, req: Request, filter: ChangeFilter) {
  const actor = actorOf(req);
  const before = parseChangeId(queryText(req, "before"));
  const rows = await listChanges(deps, { ...filter, actor, before, limit: pageSize + 1 });
  const shown = rows.slice(0, pageSize);
  const last = rows.length > pageSize ? shown.at(-1) : undefined;
  const { model, kind, person } = filter.objectId ? ({} as ChangeFilter) : filter;
  return {
    changes: changesOf(shown, { actor, now: deps.clock(), there: await listThere(deps, shown) }),
    newestHref: before === undefined ? null : hrefWith({ model, kind, person }),
    olderHref: last ? hrefWith({ model, kind, person, before: String(last.id) }) : null,
  };
}

/** The page one is on, with other parameters. */
function hrefWith(parameters: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(parameters).filter((each): each is [string, string] => !!each[1]);
  return `?${new URLSearchParams(set)}`;
}
