import { fileURLToPath } from "node:url";
import compression from "compression";
import express, { type Express } from "express";
import type { Dependencies } from "#dependencies";
import { requireConfirmedEmail } from "#features/account/confirm-email.ts";
import { findSession, idleMilliseconds } from "#features/account/find-session.ts";
import { endSession, startSession } from "#features/account/start-session.ts";
import { verifyCredentials } from "#features/account/verify-credentials.ts";
import { mediaRoutes } from "#features/images/media.routes.ts";
import { relyingPartyOf } from "#features/passkeys/relying-party.ts";
import { askForSecondStep } from "#features/second-factors/find-pending-person.ts";
import { isDatabaseUnavailable } from "#platform/database.ts";
import { isRedisUnavailable } from "#platform/redis.ts";
import { readBody } from "#web/body.ts";
import { refuseOtherOrigins } from "#web/csrf.ts";
import { handleErrors, nothingHere } from "#web/errors.ts";
import { storeFlashBeforeRedirect } from "#web/flash.ts";
import { type Health, healthRoutes } from "#web/health.ts";
import { membersOnly } from "#web/members-only.ts";
import { requestLog } from "#web/request-log.ts";
import { securityHeaders } from "#web/security-headers.ts";
import { cacheRules, sessions } from "#web/sessions.ts";
import { createSignIn } from "#web/sign-in.ts";
import { pageLocals, setUpViews } from "#web/views.ts";
import { routes } from "./routes.ts";

/** The whole site as one ordered list: what is cheap and needs no session stands first. */
export function createApp(deps: Dependencies, health: Pick<Health, "isStopping">): Express {
  const { config } = deps;
  const app = express();
  app.set("trust proxy", config.trustProxy);
  app.set("query parser", "simple");
  app.disable("x-powered-by");
  setUpViews(app, {
    folder: fileURLToPath(new URL("../views", import.meta.url)),
    globals: {
      asset: deps.assets.urlOf,
      signUpsOpen: deps.signUpsOpen,
      openidName: deps.openid?.name,
      passkeySite: relyingPartyOf(config),
    },
  });

  const media = mediaRoutes(deps);
  const signIn = createSignIn({
    verifyCredentials: (input) => verifyCredentials(deps, { input }),
    requireMayEnter: (person) => requireConfirmedEmail(deps, person),
    findSecondStep: (person) => askForSecondStep(deps, { person }),
    startSession: ({ id: personId, verifiedHash }, device) =>
      startSession(deps, { personId, verifiedHash, ...device }),
    findSession: (id) => findSession(deps, { id }),
    endSession: (id) => endSession(deps, { id }),
    clock: deps.clock,
  });
  const pages = routes(deps, signIn);

  app.use(requestLog(deps.logger));
  app.use(securityHeaders(config));
  app.use(
    healthRoutes({
      ...health,
      check: () => Promise.all([deps.database.$queryRaw`select 1`, deps.redis?.ping()]),
    }),
  );
  app.use(deps.assets.serve);
  if (!config.membersOnly) app.use(media);
  app.use(compression());
  app.use(refuseOtherOrigins(config));
  app.use(readBody);
  app.use(
    sessions({
      store: deps.sessionStore,
      secrets: config.sessionSecrets,
      https: config.https,
      idleMilliseconds,
    }),
  );
  app.use(signIn.middleware, storeFlashBeforeRedirect);
  cacheRules(app);
  app.use(pageLocals);
  if (config.membersOnly) app.use(membersOnly, media);
  app.use(pages);
  app.use(nothingHere(pages, media));
  app.use(handleErrors((error) => isDatabaseUnavailable(error) || isRedisUnavailable(error)));
  return app;
}
