import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeCursor } from "#features/admin/list-cursor.ts";
import type { SortKey } from "#features/admin/model-admin.ts";
import { registry } from "#features/admin/registry.ts";
import { likeImage } from "#features/images/like-image.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let admin: { id: number; visitor: Visitor };

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await signedInPerson(site, { isSuperuser: true, username: "keeper" });
  const [id = 0] = await createImageRows(site.deps.database, admin.id, 1);
  await likeImage(site.deps, { actor: admin, image: { id } });
});
afterAll(() => site.close());

const load = async (path: string) => {
  const answer = await admin.visitor.get(path);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer;
};

/** Something that a key of this type may be, as PostgreSQL writes it. */
const samples: Record<SortKey["type"], string> = {
  int4: "-1",
  int8: "12",
  timestamptz: "2026-11-20 12:00:00.123+00",
  citext: "keeper",
  text: "it's 100%",
  uuid: "3f0c9c6e-7c55-4a52-8a53-5a8a6d1f7a5e",
};

describe.each(registry.map((model) => [model.name, model] as const))("%s", (name, model) => {
  test("go on and back from a row in every order", async () => {
    for (const [sort, keys] of Object.entries(model.sorts)) {
      const values = keys.map(({ type }) => samples[type]);
      for (const order of [sort, `-${sort}`]) {
        for (const direction of ["after", "before"]) {
          const cursor = writeCursor({ sort: order, values });
          await load(`/admin/${name}?sort=${order}&${direction}=${cursor}`);
        }
      }
    }
    expect(model.sorts).toHaveProperty([model.defaultSort.replace("-", "")]);
  });

  test("are filtered by all that is offered, and by what is typed", async () => {
    const { $ } = await load(`/admin/${name}`);
    const fields = $(".list-field :is(select, input)").toArray();
    expect(fields.map((field) => $(field).attr("name"))).toEqual(
      model.filters.map((filter) => filter.name),
    );
    for (const field of fields) {
      const parameter = $(field).attr("name");
      const options = $(field).find("option").toArray();
      const offered = options.map((option) => $(option).attr("value") ?? "");
      for (const value of offered.length > 0 ? offered : ["1", "keeper", "no such thing"]) {
        await load(`/admin/${name}?${parameter}=${encodeURIComponent(value)}`);
      }
    }
  });

  test("have filters whose names mean nothing else", () => {
    const names = model.filters.map((filter) => filter.name);
    expect(new Set([...names, "q", "sort", "after", "before"]).size).toBe(names.length + 4);
  });

  test("are searched for words, parts of words, numbers and marks", async () => {
    if (!model.search) return;
    for (const q of ["keeper", "k", "1", "%", samples.uuid, "keeper picture 1", "мечта"]) {
      await load(`/admin/${name}?q=${encodeURIComponent(q)}`);
    }
  });

  test("are exported with every column that has a name", async () => {
    const { text } = await load(`/admin/${name}/export.csv`);
    const names = model.columns.map(({ label }) => label).filter((label) => label !== "");
    expect(text.replace("\ufeff", "").split("\r\n")[0]).toBe(["Key", ...names].join(","));
  });
});
