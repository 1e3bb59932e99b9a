import { type Request, type Response, Router } from "express";
import {
  findImages,
  findPeople,
  listDeeds,
  listSuggestions,
} from "#features/activity/feed.queries.ts";
import { countRows, feedOf, rowsOnPage } from "#features/activity/feed.view-data.ts";
import { showList } from "#features/images/images.routes.ts";
import { personOf } from "#features/users/users.view-data.ts";
import { beforeFirst, type Cursor, decodeCursor } from "#lib/pagination.ts";
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
  const { deeds, more } = await readDeeds(deps, viewer, after);
  const followsSomebody = deeds[0]?.isFollowed === true;
  const people = deeds.flatMap(({ userId, targetId, verb }) =>
    verb === "user_followed" ? [userId, targetId] : [userId],
  );
  const images = deeds.flatMap(({ targetId, verb }) =>
    verb.startsWith("image_") ? [targetId] : [],
  );
  const [foundPeople, foundImages, suggestions] = await Promise.all([
    findPeople(deps, idsOf(people)),
    findImages(deps, idsOf(images)),
    !after && !followsSomebody ? listSuggestions(deps, { viewer }) : [],
  ]);
  const now = deps.clock();
  const { rows, nextCursor } = feedOf(
    { deeds, people: foundPeople, images: foundImages, viewer, now },
    more,
  );
  const feed = { rows, moreHref: nextCursor && `/?cursor=${nextCursor}` };
  res.vary("HX-Request");
  if (isHtmx(req)) return res.render("activity/rows", feed);
  res.render("activity/feed", {
    ...feed,
    isOfEverybody: deeds.length > 0 && !followsSomebody,
    suggestions: suggestions.map((person) => personOf(person, viewer)),
  });
}

/** How many deeds hold a page as a rule, and how many more are read where long runs share rows. */
const fewDeeds = 40;
const manyDeeds = 160;

/** The deeds of a page, in one statement or two, and whether older ones are there. */
async function readDeeds(deps: FeedDeps, viewer: { id: number }, after: Cursor | null) {
  const read = async (from: Cursor, count: number) => {
    const found = await listDeeds(deps, { viewer, after: from, count: count + 1 });
    return { deeds: found.slice(0, count), more: found.length > count };
  };
  const first = await read(after ?? beforeFirst, fewDeeds);
  const last = first.deeds.at(-1);
  // The first page of everybody's deeds reads suggestions as well: four statements are the most.
  const mayReadOn = after !== null || first.deeds[0]?.isFollowed === true;
  if (!last || !first.more || !mayReadOn || countRows(first.deeds) > rowsOnPage) return first;
  const next = await read(last, manyDeeds);
  return { deeds: [...first.deeds, ...next.deeds], more: next.more };
}

const idsOf = (ids: number[]): number[] => [...new Set(ids)];
