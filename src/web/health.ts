import { Router } from "express";
import { MethodNotAllowed } from "#web/errors.ts";

export interface Health {
  /** Resolves when everything a page needs answers. */
  check(): Promise<unknown>;
  isStopping(): boolean;
}

/** For monitors and load balancers; stands before sessions, so that asking costs and keeps nothing. */
export function healthRoutes(health: Health): Router {
  const router = Router();
  router.get("/healthz", (_req, res) => {
    res.set("Cache-Control", "no-store").type("text").send("ok\n");
  });
  router.get("/readyz", async (_req, res) => {
    res.set("Cache-Control", "no-store").type("text");
    const ready =
      !health.isStopping() &&
      (await health.check().then(
        () => true,
        () => false,
      ));
    res.status(ready ? 200 : 503).send(ready ? "ready\n" : "not ready\n");
  });
  router.all(["/healthz", "/readyz"], () => {
    throw new MethodNotAllowed(["GET", "HEAD"]);
  });
  return router;
}
