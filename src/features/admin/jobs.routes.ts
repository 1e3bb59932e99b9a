import { type Request, type RequestHandler, Router } from "express";
import { actorOf, requireRightsTo } from "#features/admin/admin-access.routes.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { jobOf, noJobs, queueHref, queueOf, stateLabels } from "#features/admin/jobs.view-data.ts";
import { removeJob } from "#features/admin/remove-job.ts";
import { retryFailedJobs, retryJob } from "#features/admin/retry-jobs.ts";
import type { Right } from "#features/admin/rights.ts";
import { NotFound } from "#lib/errors.ts";
import { counted } from "#lib/text.ts";
import {
  getJob,
  type JobState,
  jobStates,
  listJobs,
  listQueues,
  type QueueRecord,
} from "#platform/job-records.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { queryText } from "#web/input.ts";

/** What waits, runs and failed behind the pages. */
export function jobsRoutes(deps: AdminDeps): Router {
  const router = Router();

  router.get("/admin/jobs", requireRightsToJobs("view"), async (_req, res) => {
    res.render("admin/jobs", { queues: (await listQueues(deps)).map(queueOf) });
  });

  router.get("/admin/jobs/:queue", requireRightsToJobs("view"), async (req, res) => {
    const queue = await getQueue(deps, req);
    const state = stateOf(queryText(req, "state"), queue);
    const [older, newer] = [queryText(req, "older"), queryText(req, "newer")];
    const page = await listJobs(deps, { queue: queue.name, state, older, newer });
    const here = `${queueHref(queue.name)}?state=${state}`;
    res.render("admin/queue", {
      queue: queueOf(queue),
      state,
      stateLabel: stateLabels[state],
      nothing: noJobs[state],
      jobs: page.jobs.map((job) => jobOf(job, shownTo(deps, req, queue))),
      newestHref: older || newer ? here : null,
      newerHref: page.newer && `${here}&newer=${page.newer}`,
      olderHref: page.older && `${here}&older=${page.older}`,
      mayChange: actorOf(req).may("jobs", "change"),
    });
  });

  router.post(
    "/admin/jobs/:queue/retry",
    requireRightsToJobs("change"),
    requireCsrf,
    async (req, res) => {
      const { name } = await getQueue(deps, req);
      const count = await retryFailedJobs(deps, { actor: actorOf(req), queue: name });
      const message =
        count === 0
          ? "No job has failed here."
          : `${counted(count, "job is", "jobs are")} tried again.`;
      addFlash(req, message, count === 0 ? "notice" : "success");
      res.redirect(303, queueHref(name));
    },
  );

  router.get("/admin/jobs/:queue/:id", requireRightsToJobs("view"), showJob(deps, { asks: false }));
  router
    .route("/admin/jobs/:queue/:id/delete")
    .get(requireRightsToJobs("view", "delete"), showJob(deps, { asks: true }))
    .post(requireRightsToJobs("delete"), requireCsrf, async (req, res) => {
      const { name, job } = await getQueueAndJob(deps, req);
      await removeJob(deps, { actor: actorOf(req), queue: name, id: job.id });
      addFlash(req, "The job is deleted.");
      res.redirect(303, `${queueHref(name)}?state=${job.state}`);
    });

  router.post(
    "/admin/jobs/:queue/:id/retry",
    requireRightsToJobs("change"),
    requireCsrf,
    async (req, res) => {
      const { name, job } = await getQueueAndJob(deps, req);
      await retryJob(deps, { actor: actorOf(req), queue: name, id: job.id });
      addFlash(req, "The job is tried again.");
      res.redirect(303, `${queueHref(name)}/${job.id}`);
    },
  );

  return router;
}

const requireRightsToJobs = (...needed: Right[]): RequestHandler =>
  requireRightsTo(() => "jobs", needed);

/** @param asks whether the page asks if the job is to be deleted */
function showJob(deps: AdminDeps, { asks }: { asks: boolean }): RequestHandler {
  return async (req, res) => {
    const { name, job } = await getQueueAndJob(deps, req);
    const actor = actorOf(req);
    res.render("admin/job", {
      queue: { name, href: queueHref(name) },
      job: jobOf(job, shownTo(deps, req, { name })),
      asks,
      mayRetry: job.state === "failed" && actor.may("jobs", "change"),
      mayDelete: job.state !== "active" && actor.may("jobs", "delete"),
    });
  };
}

const shownTo = (deps: AdminDeps, req: Request, { name }: { name: string }) => ({
  queue: name,
  now: deps.clock(),
  mayViewPeople: actorOf(req).may("users", "view"),
});

async function getQueue(deps: AdminDeps, req: Request): Promise<QueueRecord> {
  const queue = (await listQueues(deps)).find(({ name }) => name === req.params["queue"]);
  if (!queue) throw new NotFound();
  return queue;
}

async function getQueueAndJob(deps: AdminDeps, req: Request) {
  const { name } = await getQueue(deps, req);
  return { name, job: await getJob(deps, { queue: name, id: String(req.params["id"]) }) };
}

/** Nobody asked: what went wrong comes first, then what is to come. */
function stateOf(text: string | undefined, { counts }: QueueRecord): JobState {
  if (text === undefined) {
    const order: JobState[] = ["failed", "active", "waiting"];
    return order.find((state) => counts[state] > 0) ?? "done";
  }
  const state = jobStates.find((known) => known === text);
  if (!state) throw new NotFound();
  return state;
}
