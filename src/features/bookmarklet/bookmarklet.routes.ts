import { Router } from "express";
import { buildBookmarklet } from "#features/bookmarklet/build-bookmarklet.ts";

export function bookmarkletRoutes({ config }: { config: { baseUrl: string } }): Router {
  const router = Router();
  let built: Promise<string> | undefined;
  router.get("/bookmarklet", async (_req, res) => {
    built ??= buildBookmarklet({ baseUrl: config.baseUrl });
    res.render("bookmarklet/show", { href: await built });
  });
  return router;
}
