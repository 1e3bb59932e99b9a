import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeModel } from "#features/admin/prisma-models.ts";
import { registry } from "#features/admin/registry.ts";
import { likeImage } from "#features/images/like-image.ts";
import { followPerson } from "#features/users/follow-person.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let admin: { id: number; username: string; visitor: Visitor };

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await signedInPerson(site, { isSuperuser: true });
  const ana = await signedInPerson(site, {
    ...{ username: "ana", email: "ana@example.org", firstName: "Ana", lastName: "Luz" },
  });
  const { database } = site.deps;
  const [id = 0] = await createImageRows(database, ana.id, 1, { title: "A heron" });
  await likeImage(site.deps, { actor: admin, image: { id } });
  await followPerson(site.deps, { actor: admin, person: ana });
  await database.group.create({
    data: { name: "Editors", members: { create: { userId: ana.id } } },
  });
  await database.profile.update({ where: { userId: ana.id }, data: { bio: "x".repeat(300) } });
});
afterAll(() => site.close());

const text = async (path: string) => {
  const { status, $ } = await admin.visitor.get(path);
  expect([path, status]).toEqual([path, 200]);
  return $("main").text().replace(/\s+/g, " ");
};

test("all data is managed", () => {
  expect(registry.map(({ name }) => name)).toEqual([
    ...["users", "profiles", "images", "likes", "contacts", "actions", "sessions", "groups"],
  ]);
});

describe.each(registry.map((model) => [model.name, model] as const))("%s", (name, model) => {
  test("have a list in every order, and a page for each row", async () => {
    for (const sort of Object.keys(model.sorts)) {
      await text(`/admin/${name}?sort=${sort}`);
      await text(`/admin/${name}?sort=-${sort}`);
    }
    const { $ } = await admin.visitor.get(`/admin/${name}`);
    const links = $(`tbody a[href^="/admin/${name}/"]`).toArray();
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) await text($(link).attr("href") ?? "");
  });

  test("are filtered by every choice", async () => {
    for (const filter of model.filters) {
      if (filter.kind !== "choice") continue;
      for (const { value } of filter.choices) await text(`/admin/${name}?${filter.name}=${value}`);
    }
  });

  test("are sorted by indexes, in both directions", async () => {
    const { database } = site.deps;
    const table = Prisma.raw(`"${describeModel(database, model.model).table}" t`);
    for (const keys of Object.values(model.sorts)) {
      for (const direction of ["asc", "desc"]) {
        const joins = keys.map(({ join }) => join ?? Prisma.empty);
        const order = keys.map(({ sql }) => Prisma.sql`${sql} ${Prisma.raw(direction)}`);
        const plan = await database.$transaction(async (tx) => {
          // Few rows are sorted sooner than found by an index; what matters is that there is one.
          await tx.$executeRaw`set local enable_seqscan = off`;
          await tx.$executeRaw`set local enable_sort = off`;
          return tx.$queryRaw<object[]>`
            explain (format json) select 1 from ${table} ${Prisma.join(joins, " ")} order by ${Prisma.join(order)} limit 51`;
        });
        expect(JSON.stringify(plan)).not.toMatch(/"Node Type":\s*"(Incremental )?Sort"/);
      }
    }
  });
});

test("people are found by any part of their names and address", async () => {
  for (const q of ["ana", "luz", "ana@exam"]) {
    expect(await text(`/admin/users?q=${encodeURIComponent(q)}`)).toContain("Ana Luz");
  }
  expect(await text("/admin/users?q=nobody-here")).toContain("Nothing matches");
});

test("people are listed by their group", async () => {
  const { id } = await site.deps.database.group.findFirstOrThrow();
  const { $ } = await admin.visitor.get(`/admin/users?group=${id}`);
  expect($("input[name^=row-]")).toHaveLength(1);
  expect($("main").text()).toContain("Ana Luz");
});

test("what deactivated people saved is listed apart", async () => {
  const count = async (hidden: string) =>
    (await admin.visitor.get(`/admin/images?hidden=${hidden}`)).$("input[name^=row-]").length;
  expect([await count("yes"), await count("no")]).toEqual([0, 1]);
  const data = (isActive: boolean) => ({ where: { username: "ana" }, data: { isActive } });
  await site.deps.database.user.update(data(false));
  expect([await count("yes"), await count("no")]).toEqual([1, 0]);
  await site.deps.database.user.update(data(true));
});

test("a person's page leads to all that is theirs", async () => {
  const { $ } = await admin.visitor.get(`/admin/users/${admin.id}`);
  const links = $(`main a[href^="/admin/"][href*="="]`)
    .toArray()
    .map((link) => $(link).attr("href") ?? "");
  expect(links).toHaveLength(6);
  for (const link of links) await text(link);
});
