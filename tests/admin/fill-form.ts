import type { CheerioAPI } from "cheerio";
import type { Answer, Visitor } from "#tests/support/visitor.ts";

/** Text for an input, true or false for a checkbox. */
export type Filled = Record<string, string | boolean>;

/** Loads a page, fills its form as somebody would, and sends what a browser sends. */
export async function fillForm(
  visitor: Visitor,
  path: string,
  filled: Filled = {},
): Promise<Answer> {
  const { $, status } = await visitor.get(path);
  if (status !== 200) throw new Error(`${path} answered ${status}`);
  return sendForm(visitor, $, filled);
}

/** Sends the one form of a page that posts, aside from the menu's. */
export function sendForm(visitor: Visitor, $: CheerioAPI, filled: Filled = {}): Promise<Answer> {
  const form = $("main form[method=post]").first();
  const fields: Record<string, string> = {};
  for (const element of form.find("input, textarea, select")) {
    const field = $(element);
    const name = field.attr("name");
    if (name === undefined || field.is("[disabled]")) continue;
    const isBox = field.attr("type") === "checkbox";
    if (isBox && field.attr("checked") === undefined) continue;
    // A textarea's first line break is not part of it.
    fields[name] = isBox ? "on" : String(field.val() ?? "").replace(/^\n/, "");
  }
  for (const [name, value] of Object.entries(filled)) {
    if (form.find(`[name="${name}"]`).length === 0) throw new Error(`There is no field ${name}.`);
    if (value === false) delete fields[name];
    else fields[name] = value === true ? "on" : value;
  }
  return visitor.post(form.attr("action") ?? "", fields, { csrf: fields["_csrf"] ?? null });
}
