import { type Request, type Response, Router } from "express";
import { actorOf } from "#features/admin/admin-access.routes.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { fromList, listHref } from "#features/admin/back-to-list.ts";
import { fieldsOf, readTyped } from "#features/admin/form-fields.ts";
import { parseChangeId } from "#features/admin/history.queries.ts";
import type { Form, RegisteredModel } from "#features/admin/model-admin.ts";
import { keyText } from "#features/admin/object-keys.ts";
import {
  askedKey,
  listQueryOf,
  modelOf,
  refusalOf,
  requireManagedRow,
  requireRights,
} from "#features/admin/object-requests.routes.ts";
import { readNewForm, readObject } from "#features/admin/read-object.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import {
  addObject,
  ChangedMeanwhile,
  changeObject,
  type Saved,
} from "#features/admin/save-object.ts";
import { NotFound } from "#lib/errors.ts";
import { quoted } from "#lib/text.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";

/** The form of every registered model: for a new row, and for one that is there. */
export function objectsRoutes(deps: AdminDeps): Router {
  const router = Router();

  router
    .route("/admin/:model/new")
    .get(requireRights("add"), async (req, res) => {
      const { form, ...request } = requestOf(deps, req);
      if (!form?.add) throw new NotFound();
      res.render("admin/form", { object: await readNewForm(deps, { ...request, form }) });
    })
    .post(requireRights("add"), requireCsrf, (req, res) => add(deps, req, res));

  router
    .route("/admin/:model/:key")
    .get(requireRights("view"), async (req, res) => {
      const key = askedKey(deps, req);
      res.render("admin/form", {
        object: await readObject(deps, { ...requestOf(deps, req), key }),
      });
    })
    .post(requireRights("view", "change"), requireManagedRow(deps), requireCsrf, (req, res) =>
      change(deps, req, res),
    );

  return router;
}

const requestOf = (deps: AdminDeps, req: Request) => {
  const model = modelOf(req);
  const form = model.form as Form | undefined;
  return { model, form, actor: actorOf(req), listQuery: listQueryOf(deps, req) };
};

async function add(deps: AdminDeps, req: Request, res: Response): Promise<void> {
  const request = requestOf(deps, req);
  const { model, form, actor } = request;
  if (!form?.add) throw new NotFound();
  const fields = await fieldsOf(deps, form, { actor, key: null });
  const typed = await readTyped(deps, fields, req.body);
  let saved: Saved;
  try {
    saved = await addObject(deps, { actor, model, form, fields, typed });
  } catch (error) {
    const attempt = { typed, errors: refusalOf(error, { req, res }) };
    const object = await readNewForm(deps, { ...request, form, attempt });
    return res.render("admin/form", { object });
  }
  answer(req, res, { ...request, saved });
}

async function change(deps: AdminDeps, req: Request, res: Response): Promise<void> {
  const request = requestOf(deps, req);
  const { model, form, actor } = request;
  if (!form?.change) throw new NotFound();
  const key = askedKey(deps, req);
  const fields = await fieldsOf(deps, form, { actor, key });
  const typed = await readTyped(deps, fields, req.body);
  const [version = "", since] = String(req.body.version ?? "").split(".");
  let saved: Saved;
  try {
    saved = await changeObject(deps, { actor, model, form, fields, typed, key, version });
  } catch (error) {
    const errors = refusalOf(error, { req, res });
    const isStale = error instanceof ChangedMeanwhile;
    const attempt = { typed, errors, version, since: parseChangeId(since), isStale };
    const object = await readObject(deps, { ...request, key, attempt });
    return res.render("admin/form", { object });
  }
  answer(req, res, { ...request, saved });
}

const outcomes = {
  added: "is added.",
  changed: "is saved.",
  unchanged: "is as it was: you changed nothing.",
} as const;

/** Back to the list, or once more to the row. */
function answer(
  req: Request,
  res: Response,
  {
    model,
    actor,
    listQuery,
    saved,
  }: { model: RegisteredModel; actor: AdminActor; listQuery: string; saved: Saved },
): void {
  const { key, label, was } = saved;
  addFlash(req, `${quoted(label)} ${outcomes[was]}`, was === "unchanged" ? "notice" : "success");
  const rowHref = fromList(`/admin/${model.name}/${keyText(model, key)}`, listQuery);
  const next = req.body.continue === undefined ? listHref(model, listQuery) : rowHref;
  res.redirect(303, actor.may(model.name, "view") ? next : "/admin");
}
