import { type CardRow, cardColumns } from "#features/images/images.queries.ts";
import type { Sql } from "#platform/sql.ts";
import type { RankedImage, RankingPeriod, ViewCounters } from "#platform/view-counters.ts";

export const rankingSize = 50;
/** One chunk is all it takes, unless many of the first are hidden or gone. */
const firstChunk = 60;
/** Each is twice the one before: some sixty thousand images in all. */
const mostChunks = 10;

export interface RankedRow extends CardRow {
  views: number;
}

/** The most viewed images the viewer may see, at most fifty: what is hidden or gone leaves no gap. */
export async function listRanking(
  deps: { sql: Sql; viewCounters: ViewCounters; clock: () => Date },
  { period, viewer }: { period: RankingPeriod; viewer: { isSuperuser: boolean } | null },
): Promise<RankedRow[]> {
  const now = deps.clock();
  const seesHidden = viewer?.isSuperuser === true;
  // Views go on while this reads, so an image may stand in two chunks.
  const rows = new Map<number, RankedRow>();
  let size = firstChunk;
  for (let from = 0, chunk = 0; chunk < mostChunks; chunk += 1) {
    const ranked = await deps.viewCounters.top(period, { from, size, now });
    const found = ranked.length > 0 ? await findCards(deps, ranked, seesHidden) : [];
    for (const row of found) if (row.isVisible && !rows.has(row.id)) rows.set(row.id, row);
    forgetMissing(deps, ranked, found);
    if (rows.size >= rankingSize || ranked.length < size) break;
    from += size;
    size *= 2;
  }
  return [...rows.values()].slice(0, rankingSize);
}

const findCards = ({ sql }: { sql: Sql }, ranked: RankedImage[], seesHidden: boolean) =>
  sql<RankedRow & { isVisible: boolean }>`
    select ${cardColumns}, u.is_active or ${seesHidden} as "isVisible", ranked.views
    from unnest(${ranked.map(({ imageId }) => imageId)}::int[], ${ranked.map(({ views }) => views)}::int[])
      with ordinality as ranked (id, views, place)
      join images i on i.id = ranked.id join users u on u.id = i.owner_id
    order by ranked.place`;

/** A view that crossed with the deletion may have put an image back. */
function forgetMissing(
  { viewCounters }: { viewCounters: ViewCounters },
  ranked: RankedImage[],
  found: { id: number }[],
): void {
  if (found.length === ranked.length) return;
  const ids = new Set(found.map(({ id }) => id));
  void viewCounters.forget(
    ranked.map(({ imageId }) => imageId).filter((imageId) => !ids.has(imageId)),
  );
}
