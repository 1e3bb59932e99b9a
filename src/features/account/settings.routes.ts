import { Router } from "express";
import { askPassword } from "#features/account/ask-password.routes.ts";
import { changeOwnPassword } from "#features/account/change-password.ts";
import { getIdentity } from "#features/account/confirm-password.ts";
import { endOtherSessions, endOwnSession } from "#features/account/end-sessions.ts";
import type { Actor } from "#features/account/hold-actor.ts";
import { getOwnProfile, listSessions, mostSessions } from "#features/account/settings.queries.ts";
import { newPasswordSchema } from "#features/account/settings.schemas.ts";
import { sessionsOf } from "#features/account/settings.view-data.ts";
import { type DataSettingsDeps, dataSettings } from "#features/account/settings-data.routes.ts";
import {
  type ProfileSettingsDeps,
  profileSettings,
} from "#features/account/settings-profile.routes.ts";
import { counted } from "#lib/text.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { collectErrors } from "#web/form-errors.ts";
import { requireSignIn, viewerOf } from "#web/guards.ts";
import { parseInput } from "#web/input.ts";
import type { SignIn } from "#web/sign-in.ts";

type SettingsDeps = ProfileSettingsDeps & DataSettingsDeps;

/** What a person does with their own account, a page each. */
export function settingsRoutes(deps: SettingsDeps, signIn: SignIn): Router {
  const router = Router();
  router.get("/settings", requireSignIn, (_req, res) => res.redirect(303, "/settings/profile"));
  router.use(profileSettings(deps));
  router.use(passwordSettings(deps, signIn));
  router.use(sessionSettings(deps, signIn));
  router.use(dataSettings(deps, signIn));
  return router;
}

function passwordSettings(deps: SettingsDeps, signIn: SignIn): Router {
  const router = Router();
  router
    .route("/settings/password")
    .get(requireSignIn, async (req, res) => {
      const identity = await getIdentity(deps, viewerOf(req));
      const { email } = await getOwnProfile(deps, viewerOf(req));
      res.render("account/settings-password", { identity, email, errors: {} });
    })
    .post(requireSignIn, requireCsrf, async (req, res) => {
      const actor = viewerOf(req);
      const identity = await getIdentity(deps, actor);
      const { errors, attempt, isAllRight } = collectErrors(req, res);
      const schema = newPasswordSchema(actor.username, identity.hasPassword);
      const input = await attempt("password", () => parseInput(schema, req.body));
      if (!errors["currentPassword"]) {
        await attempt("currentPassword", () => askPassword(deps, req, "currentPassword"));
      }
      const sessionId =
        input && isAllRight()
          ? await attempt("password", () => setPassword(deps, actor, input))
          : null;
      if (sessionId === null) {
        const { email } = await getOwnProfile(deps, actor);
        return res.render("account/settings-password", { identity, email, errors });
      }
      await signIn.renew(req, sessionId);
      const done = identity.hasPassword ? "changed" : "set";
      addFlash(req, `Your password is ${done}. Everywhere else you are signed out.`);
      res.redirect(303, "/settings/password");
    });
  return router;
}

async function setPassword(
  deps: SettingsDeps,
  actor: Actor,
  { password }: { password: string },
): Promise<string> {
  await deps.limits.passwordsByPerson.take(String(actor.id));
  return changeOwnPassword(deps, { actor, password });
}

function sessionSettings(deps: SettingsDeps, signIn: SignIn): Router {
  const router = Router();

  router.get("/settings/sessions", requireSignIn, async (req, res) => {
    const viewer = viewerOf(req);
    const sessions = sessionsOf(await listSessions(deps, viewer), { viewer, now: deps.clock() });
    res.render("account/settings-sessions", {
      sessions,
      more: sessions.length === mostSessions ? mostSessions : null,
    });
  });

  router.post("/settings/sessions/end-others", requireSignIn, requireCsrf, async (req, res) => {
    const count = await endOtherSessions(deps, { actor: viewerOf(req) });
    addFlash(
      req,
      count === 0 ? "You were signed in nowhere else." : `${counted(count, "session")} ended.`,
    );
    res.redirect(303, "/settings/sessions");
  });

  router.post("/settings/sessions/:id/end", requireSignIn, requireCsrf, async (req, res) => {
    const actor = viewerOf(req);
    const id = String(req.params["id"]);
    await endOwnSession(deps, { actor, id });
    if (id === actor.sessionId) {
      await signIn.signOut(req);
      addFlash(req, "You are signed out.");
      return res.redirect(303, "/");
    }
    addFlash(req, "That device is signed out.");
    res.redirect(303, "/settings/sessions");
  });

  return router;
}
