import { Router } from "express";

export function bookmarkletRoutes({ bookmarklet }: { bookmarklet: string }): Router {
  const router = Router();
  router.get("/bookmarklet", (_req, res) => {
    res.render("bookmarklet/show", { href: bookmarklet });
  });
  return router;
}
