import type { Request, Response } from "express";
import { Forbidden } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import type { Openid } from "#platform/openid.ts";
import { OpenidError } from "#platform/openid-error.ts";
import type { RateLimits } from "#platform/rate-limits.ts";
import type { Sql } from "#platform/sql.ts";
import { addFlash } from "#web/flash.ts";
import { keepSession } from "#web/sessions.ts";
import type { OpenidJourney } from "#web/types.ts";

export interface OpenidDeps {
  openid: Openid;
  database: Database;
  sql: Sql;
  jobs: Jobs;
  limits: RateLimits;
  clock: () => Date;
  signUpsOpen: boolean;
  emailConfirmationRequired: boolean;
}

type Plan = Pick<OpenidJourney, "purpose" | "personId" | "isKept" | "next">;

/**
 * Sends somebody to the provider, by a page of ours: the policy lets no form of ours end at another
 * site, and redirects count as the form's. @param back where they go when there is no provider
 */
export async function setOut(
  { openid, clock }: OpenidDeps,
  { req, res, plan, back }: { req: Request; res: Response; plan: Plan; back: string },
): Promise<void> {
  try {
    const { url, secrets } = await openid.begin({ isFresh: plan.purpose === "confirm" });
    req.session.openidJourney = { ...plan, ...secrets, since: clock().getTime() };
    await keepSession(req);
    res.render("openid/continue", { url });
  } catch (error) {
    if (!(error instanceof OpenidError)) throw error;
    addFlash(req, sentenceOf(error, openid), "notice");
    res.redirect(303, back);
  }
}

export function sentenceOf({ failure }: OpenidError, { name }: { name: string }): string {
  if (failure === "away") return `${name} does not answer just now. Try again in a minute.`;
  if (failure === "declined") return `${name} did not confirm who you are. Try again if you like.`;
  return `That did not work with ${name}. Try again; if it fails again, tell whoever runs this site.`;
}

export const signUpsClosed = () =>
  new Forbidden("sign_ups_closed", "This site takes no new members just now.");

export const isEmailNotConfirmed = (error: unknown): boolean =>
  error instanceof Forbidden && error.code === "email_not_confirmed";
