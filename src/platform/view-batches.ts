import { sqlText } from "#platform/sql.ts";

// What both ways of writing views to PostgreSQL share. A batch of them is named in the statement
// that adds it, so that one that comes again, by whatever way, adds nothing.

/** The images of `given`, in order of id: two who write wait for each other in one direction only. */
export const heldImages = sqlText`held as materialized (
      select id from images where id in (select image_id from given)
      order by id for no key update
    )`;

export const addedToDay = sqlText`on conflict (image_id, day) do update
        set views = image_daily_views.views + excluded.views`;

/** Whether PostgreSQL will never take these numbers; any other failure may pass. */
export function isRefused(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^2[23]...$/.test(code);
}
