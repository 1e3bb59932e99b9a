import { Router } from "express";
import { actorOf } from "#features/admin/admin-access.routes.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import {
  chartDays,
  countSaves,
  countSignUps,
  countVisible,
  type DailyCounts,
  day,
  measureDisk,
  readVersions,
} from "#features/admin/front-page.queries.ts";
import { chartOf, diskOf, factsOf, tilesOf } from "#features/admin/front-page.view-data.ts";
import { listChanges, listThere } from "#features/admin/history.queries.ts";
import { changesOf } from "#features/admin/history.view-data.ts";
import { jobCount } from "#features/admin/jobs.view-data.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { measureRarely } from "#lib/measure-rarely.ts";
import { countFailedJobs } from "#platform/job-records.ts";

const hour = 3_600_000;

/** How the site is, at a glance. */
export function frontPageRoutes(deps: AdminDeps): Router {
  const router = Router();
  const rarely = <Value>(measure: () => Promise<Value>) =>
    measureRarely(measure, {
      clock: deps.clock,
      maxAgeMilliseconds: hour,
      onError: (error) => deps.logger.warn({ err: error }, "front page"),
    });
  const disk = rarely(() => measureDisk(deps));
  const versions = rarely(() => readVersions(deps));
  const signUps = countedByDay(deps, countSignUps);
  const saves = countedByDay(deps, countSaves);

  async function drawChart(actor: AdminActor) {
    const now = deps.clock();
    const [people, pictures] = await Promise.all([
      actor.may("users", "view") ? signUps(now) : null,
      actor.may("images", "view") ? saves(now) : null,
    ]);
    const series = [
      ...(people
        ? [{ name: "sign-ups", title: "Sign-ups", one: "person", many: "people", counts: people }]
        : []),
      ...(pictures
        ? [{ name: "saves", title: "Saves", one: "picture", many: "pictures", counts: pictures }]
        : []),
    ];
    return series.length > 0 ? chartOf(series, now) : null;
  }

  router.get("/admin", async (req, res) => {
    const actor = actorOf(req);
    const [counts, chart, failed, changes, running] = await Promise.all([
      countVisible(deps, actor),
      drawChart(actor),
      actor.may("jobs", "view") ? countFailedJobs(deps) : null,
      listChanges(deps, { actor, limit: 10 }),
      actor.isSuperuser ? versions.first().catch(() => null) : null,
    ]);
    const use = actor.isSuperuser ? disk.known() : null;
    res.render("admin/index", {
      tiles: tilesOf(counts),
      chart,
      failedJobs: failed === null ? null : { count: failed, text: jobCount(failed) },
      changes: changesOf(changes, {
        actor,
        now: deps.clock(),
        there: await listThere(deps, changes),
      }),
      disk: use && diskOf(use),
      facts: actor.isSuperuser ? factsOf(running, deps) : null,
      mayNothing: counts.length === 0 && failed === null,
    });
  });

  return router;
}

/** Days that are over change little, so they are counted once an hour; today is counted each time. */
function countedByDay(
  deps: AdminDeps,
  count: (deps: AdminDeps, from: Date, to: Date) => Promise<DailyCounts>,
): (now: Date) => Promise<DailyCounts> {
  let past: { counts: Promise<DailyCounts>; today: number; at: number } | null = null;
  return async (now) => {
    const at = now.getTime();
    const today = Math.floor(at / day);
    if (past?.today !== today || at - past.at >= hour) {
      const from = new Date((today - chartDays + 1) * day);
      past = { counts: count(deps, from, new Date(today * day)), today, at };
      past.counts.catch(() => {
        past = null;
      });
    }
    const [before, sinceMidnight] = await Promise.all([
      past.counts,
      count(deps, new Date(today * day), new Date((today + 1) * day)),
    ]);
    return new Map([...before, ...sinceMidnight]);
  };
}
