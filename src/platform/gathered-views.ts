import type { Logger } from "#platform/logger.ts";
import { lookAgainMilliseconds, type View } from "#platform/view-counters.ts";

/** Some 20 MB; what comes beyond it while the database is away for long is not counted. */
const most = 100_000;

/** Views that wait in memory, the first of each visitor and image within half an hour. */
export interface GatheredViews {
  readonly size: number;
  add(view: View): void;
  /** Removes the oldest, at most `count`, no two of the same visitor and image. */
  take(count: number): View[];
  /** Returns what was taken to its place. */
  putBack(views: View[]): void;
}

export function createGatheredViews(logger: Logger): GatheredViews {
  let views: View[] = [];
  const latest = new Map<string, number>();
  let isFull = false;

  return {
    get size() {
      return views.length;
    },
    add: (view) => {
      const key = keyOf(view);
      const last = latest.get(key);
      if (last !== undefined && view.at.getTime() - last < lookAgainMilliseconds) return;
      if (views.length >= most) {
        if (!isFull) logger.error({ most }, "too many views wait: those that come are not counted");
        isFull = true;
        return;
      }
      isFull = false;
      latest.set(key, view.at.getTime());
      views.push(view);
    },
    take: (count) => {
      const keys = new Set<string>();
      for (const view of views) {
        if (keys.size === count || keys.has(keyOf(view))) break;
        keys.add(keyOf(view));
      }
      const taken = views.splice(0, keys.size);
      for (const view of taken) {
        const key = keyOf(view);
        if (latest.get(key) === view.at.getTime()) latest.delete(key);
      }
      return taken;
    },
    putBack: (taken) => {
      for (const view of taken) {
        const key = keyOf(view);
        if (!latest.has(key)) latest.set(key, view.at.getTime());
      }
      views = [...taken, ...views];
    },
  };
}

const keyOf = ({ visitor, imageId }: View) => `${visitor} ${imageId}`;
