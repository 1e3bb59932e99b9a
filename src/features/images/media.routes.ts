import { pipeline } from "node:stream/promises";
import { Router } from "express";
import { contentTypeOf, isMediaKey } from "#features/images/storage-keys.ts";
import { NotFound } from "#lib/errors.ts";
import type { Storage } from "#platform/storage.ts";

/** Stored and derived images: names carry the content's hash, so they may be kept for ever. */
export function mediaRoutes({
  storage,
  membersOnly,
}: {
  storage: Storage;
  membersOnly: boolean;
}): Router {
  const router = Router();
  router.get("/media/*key", async (req, res) => {
    const key = req.path.slice("/media/".length);
    if (!isMediaKey(key)) throw new NotFound();
    const { stream, size } = await storage.open(key);
    res.set({
      "Content-Type": contentTypeOf(key),
      "Content-Length": String(size),
      "Cache-Control": `${membersOnly ? "private" : "public"}, max-age=31536000, immutable`,
      // An original is a stranger's bytes: even opened by itself it can run nothing.
      "Content-Security-Policy": "default-src 'none'; sandbox",
      "X-Content-Type-Options": "nosniff",
    });
    if (req.method === "HEAD") {
      stream.destroy();
      res.end();
      return;
    }
    // A visitor who leaves before the end is no failure.
    await pipeline(stream, res).catch(() => {});
  });
  return router;
}
