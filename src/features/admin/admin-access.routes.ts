import type { Request, RequestHandler } from "express";
import { type AdminActor, loadActor, type Right } from "#features/admin/rights.ts";
import { NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import { isConfirmed, requireConfirmation } from "#web/confirmation.ts";
import { viewerOf } from "#web/guards.ts";

const actors = new WeakMap<Request, AdminActor>();

/** The administrator of a route behind requireStaff. */
export function actorOf(req: Request): AdminActor {
  const actor = actors.get(req);
  if (!actor) throw new Error("This route must stand behind requireStaff.");
  return actor;
}

/** To those who may not do all of this to the model that a request is about, nothing is there. */
export const requireRightsTo =
  (nameOf: (req: Request) => string, needed: readonly Right[]): RequestHandler =>
  (req, _res, next) => {
    const [actor, name] = [actorOf(req), nameOf(req)];
    next(needed.every((right) => actor.may(name, right)) ? undefined : new NotFound());
  };

/** To everyone but administrators nothing is there, whatever the method. */
export function requireStaff(deps: { database: Database }): RequestHandler {
  return async (req, _res, next) => {
    const viewer = req.user;
    if (!viewer?.isStaff && !viewer?.isSuperuser) throw new NotFound();
    actors.set(req, await loadActor(deps, viewer));
    next();
  };
}

const hour = 3_600_000;

/** Whether they showed within the hour that it is them. */
export const isRecent = ({ clock }: { clock: () => Date }, req: Request): boolean =>
  isConfirmed(viewerOf(req), clock(), hour);

/** Others show it anew, and come back. */
export const requireRecent = (deps: { clock: () => Date }): RequestHandler =>
  requireConfirmation(deps, hour);
