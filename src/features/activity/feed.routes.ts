import { type Request, type Response, Router } from "express";
import {
  deedsRead,
  findImages,
  findPeople,
  listDeeds,
  listSuggestions,
} from "#features/activity/feed.queries.ts";
import { feedOf } from "#features/activity/feed.view-data.ts";
import { showList } from "#features/images/images.routes.ts";
import { personOf } from "#features/users/users.view-data.ts";
import { beforeFirst, decodeCursor } from "#lib/pagination.ts";
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
  const read = await listDeeds(deps, { viewer, after: after ?? beforeFirst });
  const deeds = read.slice(0, deedsRead);
  const isOfEverybody = deeds[0]?.isFollowed === false;
  const [people, images, suggestions] = await Promise.all([
    findPeople(
      deps,
      idsOf(
        deeds.flatMap(({ userId, targetId, verb }) =>
          verb === "user_followed" ? [userId, targetId] : [userId],
        ),
      ),
    ),
    findImages(
      deps,
      idsOf(deeds.flatMap(({ targetId, verb }) => (verb.startsWith("image_") ? [targetId] : []))),
    ),
    !after && !deeds[0]?.isFollowed ? listSuggestions(deps, { viewer }) : [],
  ]);
  const { rows, nextCursor } = feedOf(
    { deeds, people, images, viewer, now: deps.clock() },
    read.length > deeds.length,
  );
  const feed = { rows, moreHref: nextCursor && `/?cursor=${nextCursor}` };
  res.vary("HX-Request");
  if (isHtmx(req)) return res.render("activity/rows", feed);
  res.render("activity/feed", {
    ...feed,
    isOfEverybody,
    suggestions: suggestions.map((person) => personOf(person, viewer)),
  });
}

const idsOf = (ids: number[]): number[] => [...new Set(ids)];
