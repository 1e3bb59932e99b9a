import { type Card, cardOf, type Picture, pictureOf } from "#features/images/images.view-data.ts";
import type { RankedRow } from "#features/images/ranking.queries.ts";
import { remember } from "#lib/remember.ts";
import { counted } from "#lib/text.ts";
import type { RankingPeriod } from "#platform/view-counters.ts";

export interface Place extends Pick<Card, "id" | "href" | "title" | "owner" | "isAnimated"> {
  position: number;
  views: string;
  picture: Picture;
}

const periods: Record<RankingPeriod, { link: string; sentence: string; empty: string }> = {
  day: {
    link: "Today",
    sentence: "What most people looked at today.",
    empty: "Nobody has looked at a picture today yet.",
  },
  week: {
    link: "This week",
    sentence: "What most people looked at within seven days.",
    empty: "Nobody has looked at a picture within seven days.",
  },
  all: {
    link: "All time",
    sentence: "What most people looked at so far.",
    empty: "Nobody has looked at a picture yet.",
  },
};

export const rankingOf = (rows: RankedRow[], current: RankingPeriod) => ({
  places: rows.map((row, index) => placeOf({ ...row, position: index + 1 })),
  sentence: periods[current].sentence,
  empty: periods[current].empty,
  periods: Object.entries(periods).map(([period, { link }]) => ({
    href: period === "all" ? "/ranking" : `/ranking?period=${period}`,
    words: link,
    isCurrent: period === current,
  })),
});

interface PlaceInput extends Omit<RankedRow, "createdAt"> {
  position: number;
}

function makePlace(row: PlaceInput): Place {
  const { id, href, title, owner, isAnimated } = cardOf(row);
  return {
    ...{ id, href, title, owner, isAnimated },
    position: row.position,
    views: counted(row.views, "view"),
    picture: pictureOf(row, "(min-width: 700px) 220px, 36vw", 320),
  };
}

/** The same object for the same row, so that its HTML is made once too. */
const placeOf = remember(makePlace, {
  key: (row: PlaceInput) => `${row.position} ${row.id}`,
  reads: [
    ...(["position", "views", "id", "sha256", "width", "height", "dominantColour"] as const),
    ...(["isAnimated", "title", "slug", "totalLikes", "totalViews"] as const),
    ...(["username", "firstName", "lastName"] as const),
  ],
  max: 1000,
});
