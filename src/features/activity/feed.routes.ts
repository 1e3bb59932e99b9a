import { type Request, type Response, Router } from "express";
import { readFeed } from "#features/activity/read-feed.ts";
import { showList } from "#features/images/images.routes.ts";
import { personOf } from "#features/users/users.view-data.ts";
import { decodeCursor } from "#lib/pagination.ts";
import type { Sql } from "#platform/sql.ts";
import { viewerOf } from "#web/guards.ts";
import { queryText } from "#web/input.ts";
import { isHtmx } from "#web/negotiation.ts";

interface FeedDeps {
  sql: Sql;
  clock: () => Date;
}

/** The first page: what those one follows did; strangers see the latest pictures. */
export function feedRoutes(deps: FeedDeps): Router {
  const router = Router();
  router.get("/", (req, res) =>
    req.user ? showFeed(deps, req, res) : showList(deps, req, res, "/images"),
  );
  return router;
}

async function showFeed(deps: FeedDeps, req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(req);
  const after = decodeCursor(queryText(req, "cursor"), Number.MAX_SAFE_INTEGER);
  const { rows, nextCursor, isOfEverybody, suggestions } = await readFeed(deps, { viewer, after });
  const feed = { rows, moreHref: nextCursor && `/?cursor=${nextCursor}` };
  res.vary("HX-Request");
  if (isHtmx(req)) return res.render("activity/rows", feed);
  res.render("activity/feed", {
    ...feed,
    isOfEverybody,
    suggestions: suggestions.map((person) => personOf(person, viewer)),
  });
}
