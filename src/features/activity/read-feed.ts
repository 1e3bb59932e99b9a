import {
  findImages,
  findPeople,
  listDeeds,
  listSuggestions,
} from "#features/activity/feed.queries.ts";
import { countRows, feedOf, rowsOnPage } from "#features/activity/feed.view-data.ts";
import { beforeFirst, type Cursor } from "#lib/pagination.ts";
import type { Sql } from "#platform/sql.ts";

/** A page of the viewer's feed, in four statements at most, and on the first one whom to follow. */
export async function readFeed(
  deps: { sql: Sql; clock: () => Date },
  { viewer, after }: { viewer: { id: number }; after: Cursor | null },
) {
  const { deeds, more } = await readDeeds(deps, viewer, after);
  const followsSomebody = deeds[0]?.isFollowed === true;
  const peopleIds = deeds.flatMap(({ userId, targetId, verb }) =>
    verb === "user_followed" ? [userId, targetId] : [userId],
  );
  const imageIds = deeds.flatMap(({ targetId, verb }) =>
    verb.startsWith("image_") ? [targetId] : [],
  );
  const [people, images, suggestions] = await Promise.all([
    findPeople(deps, idsOf(peopleIds)),
    findImages(deps, idsOf(imageIds)),
    !after && !followsSomebody ? listSuggestions(deps, { viewer }) : [],
  ]);
  return {
    ...feedOf({ deeds, people, images, viewer, now: deps.clock() }, more),
    isOfEverybody: deeds.length > 0 && !followsSomebody,
    suggestions,
  };
}

/** How many deeds hold a page as a rule, and how many more are read where long runs share rows. */
const fewDeeds = 40;
const manyDeeds = 160;

/** The deeds of a page, in one statement or two, and whether older ones are there. */
async function readDeeds(deps: { sql: Sql }, viewer: { id: number }, after: Cursor | null) {
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
