/** A visitor who looks again within half an hour has looked once. */
export const lookAgainMilliseconds = 30 * 60_000;

/** More than a ranking asks for, in UTC days. A batch of views is known as long. */
export const viewDaysKept = 9;

/** Somebody opened an image's page. */
export interface View {
  imageId: number;
  /** A person's, or what tells one stranger from another: at most 64 characters. */
  visitor: string;
  at: Date;
}

export const rankingPeriods = ["day", "week", "all"] as const;
export type RankingPeriod = (typeof rankingPeriods)[number];

export interface RankedImage {
  imageId: number;
  views: number;
}

/**
 * Counts each view once for its visitor and image within half an hour, in the UTC day of its own
 * time. Views wait where the database is away; none is ever counted twice.
 */
export interface ViewCounters {
  /** Returns at once and never throws: no page waits for its own counting. */
  count(view: View): void;
  /**
   * The most viewed of today, of seven days or of all time; of equals the newest first. May name
   * images that are hidden or gone. @param range `from` is the first place, 0 the most viewed
   */
  top(
    period: RankingPeriod,
    range: { from: number; size: number; now: Date },
  ): Promise<RankedImage[]>;
  /** Takes deleted images out of the ranking; best effort, never throws. */
  forget(imageIds: number[]): Promise<void>;
  /** Has rankings that are kept elsewhere made anew from the database; best effort, never throws. */
  refill(): Promise<void>;
  /** Writes what was counted to the database, as far as that answers; never throws. */
  flush(): Promise<void>;
  /** The last flush. */
  close(): Promise<void>;
}

/** The UTC day of a moment, as PostgreSQL writes it. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** Today and the `count - 1` days before it. */
export const daysUntil = (now: Date, count: number): string[] =>
  Array.from({ length: count }, (_, index) => dayOf(new Date(now.getTime() - index * 86_400_000)));
