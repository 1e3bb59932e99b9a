import { expect } from "vitest";
import { sendForm } from "#tests/admin/fill-form.ts";
import type { TestApp } from "#tests/support/test-app.ts";
import type { Answer, Visitor } from "#tests/support/visitor.ts";

export type Person = { id: number; username: string; visitor: Visitor };
export type Keys = readonly (number | string)[];

export const boxesOf = (keys: Keys): Record<string, string> =>
  Object.fromEntries(keys.map((key) => [`row-${key}`, "on"]));

/** Chooses rows of a list and presses its button; answers the question that is asked. */
export async function choose(
  { visitor }: Person,
  model: string,
  { action, keys, list = `/admin/${model}` }: { action: string; keys: Keys; list?: string },
): Promise<Answer> {
  const csrf = await visitor.csrf(list);
  const address = list.replace(model, `${model}/actions`);
  return visitor.post(address, { action, ...boxesOf(keys) }, { csrf });
}

/** The same, and says yes. */
export async function runOn(
  by: Person,
  model: string,
  chosen: Parameters<typeof choose>[2],
): Promise<Answer> {
  const question = await choose(by, model, chosen);
  expect(question.status).toBe(200);
  const answer = await sendForm(by.visitor, question.$);
  expect(answer.status).toBe(303);
  return answer;
}

/** What the next page says was done. */
export async function flashesOf({ visitor }: Person): Promise<string[]> {
  const { $ } = await visitor.get("/admin");
  return $(".flash")
    .toArray()
    .map((each) => $(each).text());
}

export const historyOf = (site: TestApp, model: string, keys: Keys) =>
  site.deps.database.adminChange.findMany({
    where: { model, objectId: { in: keys.map(String) } },
    orderBy: { id: "asc" },
  });

export const idsOf = (people: readonly Person[]): number[] =>
  people.map(({ id }) => id).sort((one, other) => one - other);
