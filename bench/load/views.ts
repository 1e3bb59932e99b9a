import type pg from "pg";
import type { Images } from "./images.ts";
import { insertRows } from "./insert-rows.ts";
import { day } from "./moments.ts";
import { apportion } from "./power-law.ts";
import { createRandom } from "./random.ts";

/** How often each image was looked at, and when within the last days. */
export interface Views {
  perImage: Int32Array;
  daily: { images: Int32Array; days: string[]; views: Int32Array };
}

/** As long as a day's ranking is kept. */
const daysKept = 9;

/** @param now the beginning of today, whose views are those of its first moments */
export function drawViews(
  images: Images,
  { count, seed, now }: { count: number; seed: number; now: number },
): Views {
  const random = createRandom(seed, "views");
  const perImage = apportion(count, images.popularity, count);
  const rows: { image: number; day: string; views: number }[] = [];
  for (const [image, views] of perImage.entries()) {
    const created = images.createdAt[image] ?? 0;
    const days = [...Array(daysKept).keys()]
      .map((age) => now - age * day)
      .filter((start) => start + day > created);
    // What is older than the days that are kept had most of its views before them.
    const share = days.length === daysKept ? random.next() * 0.3 : 1;
    const weights = Float64Array.from(days, () => 0.2 + random.next());
    const recent = apportion(Math.floor(views * share), weights, views);
    for (const [index, seen] of recent.entries()) {
      const date = new Date(days[index] ?? now).toISOString().slice(0, 10);
      if (seen > 0) rows.push({ image, day: date, views: seen });
    }
  }
  return {
    perImage,
    daily: {
      images: Int32Array.from(rows, (row) => row.image),
      days: rows.map((row) => row.day),
      views: Int32Array.from(rows, (row) => row.views),
    },
  };
}

export const insertDailyViews = (client: pg.Client, { daily }: Views): Promise<void> =>
  insertRows(client, "image_daily_views", [
    { name: "image_id", type: "int", values: daily.images.map((image) => image + 1) },
    { name: "day", type: "date", values: daily.days },
    { name: "views", type: "int", values: daily.views },
  ]);
