import type { Random } from "./random.ts";

export const day = 86_400_000;

/** A moment after `start` and before `end`; with a `lean` above 1 the more likely soon after `start`. */
export const moment = (start: number, end: number, random: Random, lean = 1): number =>
  start + Math.floor((end - start) * random.next() ** lean);

/** Midnight: the same command gives the same rows all day long. */
export const midnightBefore = (now: Date): number => Math.floor(now.getTime() / day) * day;
