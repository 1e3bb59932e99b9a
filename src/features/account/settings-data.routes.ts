import { pipeline } from "node:stream/promises";
import { type Request, type Response, Router } from "express";
import { askPassword } from "#features/account/ask-password.routes.ts";
import { getIdentity } from "#features/account/confirm-password.ts";
import { exportData } from "#features/account/export-data.ts";
import { holdActor } from "#features/account/hold-actor.ts";
import { type RemovePersonDeps, removePerson } from "#features/account/remove-person.ts";
import { getOwnProfile } from "#features/account/settings.queries.ts";
import { deletionSchema } from "#features/account/settings.schemas.ts";
import { Conflict, Invalid } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";
import type { RateLimits } from "#platform/rate-limits.ts";
import type { Sql } from "#platform/sql.ts";
import type { Storage } from "#platform/storage.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { collectErrors, fieldErrors } from "#web/form-errors.ts";
import { requireSignIn, viewerOf } from "#web/guards.ts";
import { parseInput } from "#web/input.ts";
import type { SignIn } from "#web/sign-in.ts";

export interface DataSettingsDeps extends RemovePersonDeps {
  sql: Sql;
  storage: Storage;
  limits: RateLimits;
  clock: () => Date;
}

export function dataSettings(deps: DataSettingsDeps, signIn: SignIn): Router {
  const router = Router();

  router.get("/settings/data", requireSignIn, (_req, res) => {
    res.render("account/settings-data", { errors: {} });
  });

  // Where a refusal was shown, reloading asks for the page.
  router.get("/settings/data/download", requireSignIn, (_req, res) => {
    res.redirect(303, "/settings/data");
  });

  // It changes nothing, and is a POST all the same: another site's link must not use up the limit.
  router.post("/settings/data/download", requireSignIn, requireCsrf, async (req, res) => {
    try {
      await deps.limits.archivesByPerson.take(String(viewerOf(req).id));
    } catch (error) {
      const errors = fieldErrors(error, { req, res, limitField: "download" });
      return res.render("account/settings-data", { errors });
    }
    await sendArchive(deps, req, res);
  });

  router
    .route("/settings/delete")
    .get(requireSignIn, async (req, res) => {
      const identity = await getIdentity(deps, viewerOf(req));
      res.render("account/settings-delete", { values: {}, errors: {}, identity });
    })
    .post(requireSignIn, requireCsrf, async (req, res) => {
      const actor = viewerOf(req);
      const identity = await getIdentity(deps, actor);
      const { errors, attempt, isAllRight } = collectErrors(req, res);
      const schema = deletionSchema(actor.username, identity.hasPassword);
      await attempt("username", () => parseInput(schema, req.body));
      if (!errors["password"]) await attempt("password", () => askPassword(deps, req, "password"));
      if (isAllRight()) {
        const alongside = (tx: Transaction) => holdActor(tx, actor);
        await attempt("password", () =>
          removePerson(deps, { person: actor, alongside }).catch(besideUsername),
        );
      }
      if (!isAllRight()) {
        const values = { username: req.body.username };
        return res.render("account/settings-delete", { values, errors, identity });
      }
      await signIn.signOut(req);
      addFlash(req, "Your account is deleted, with everything that was in it.");
      res.redirect(303, "/");
    });

  return router;
}

async function sendArchive(deps: DataSettingsDeps, req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(req);
  const { photo } = await getOwnProfile(deps, viewer);
  const day = deps.clock().toISOString().slice(0, 10);
  res.set({
    "Content-Type": "application/zip",
    "Content-Disposition": `attachment; filename="magpie-${viewer.username}-${day}.zip"`,
    "Cache-Control": "no-store",
  });
  const archive = exportData(deps, { person: { id: viewer.id, photo } });
  // Who left before there was one.
  if (res.destroyed) return void archive.destroy();
  await pipeline(archive, res).catch((error) => {
    // Half an archive must not look like a whole one: the connection breaks. Who left knows.
    if (error?.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  });
}

function besideUsername(error: unknown): never {
  if (error instanceof Conflict) throw new Invalid({ username: error.message }, error.code);
  throw error;
}
