import { type CheerioAPI, load } from "cheerio";
import type { Caller } from "#tests/admin/callers.ts";

/** What the form of a page sends as it stands. */
export const sent = ($: CheerioAPI): Record<string, string> =>
  Object.fromEntries(
    $("form[data-object-form]")
      .serializeArray()
      .map(({ name, value }) => [name, value]),
  );

/** Loads a form, ticks and unticks its boxes, and sends it. */
export async function save(caller: Caller, path: string, changes: Record<string, string | null>) {
  const page = await caller.send("get", path);
  const fields = { ...sent(load(page.text)), ...changes };
  const entries = Object.entries(fields).filter((each): each is [string, string] => !!each[1]);
  return caller.send("post", path, { fields: Object.fromEntries(entries) });
}
