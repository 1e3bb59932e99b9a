import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { expectNoTemporaryFiles, originals, storedFiles } from "#tests/images/stored-files.ts";
import { type ImageServer, startImageServer } from "#tests/support/image-server.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let web: ImageServer;

beforeAll(async () => {
  web = await startImageServer();
  site = await startTestApp({ FETCH_ALLOW: web.host });
});
afterAll(async () => {
  await site.close();
  await web.close();
});

const times = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));
const imagesCountOf = async (userId: number) =>
  (await site.deps.database.profile.findUniqueOrThrow({ where: { userId } })).imagesCount;

async function save(visitor: Visitor, fields: Record<string, string>, _csrf: string) {
  const answer = await visitor.post("/images", { ...fields, _csrf }, { csrf: null });
  return `${answer.status} ${answer.location ?? answer.text.slice(0, 2000)}`;
}

describe("many saves at once", () => {
  test("of one address by one person are one picture, downloaded once or little more", async () => {
    const { id, visitor } = await signedInPerson(site);
    web.serve("/rush.jpg", await drawPicture(1));
    const csrf = await visitor.csrf();
    const fields = { url: web.url("/rush.jpg"), title: "Rush" };
    const answers = await times(30, () => save(visitor, fields, csrf));
    const image = await site.deps.database.image.findFirstOrThrow({ where: { ownerId: id } });
    expect(new Set(answers)).toEqual(new Set([`303 /images/${image.id}/rush`]));
    expect(await site.deps.database.image.count({ where: { ownerId: id } })).toBe(1);
    expect(await imagesCountOf(id)).toBe(1);
    const deeds = { userId: id, verb: "image_bookmarked" as const };
    expect(await site.deps.database.action.count({ where: deeds })).toBe(1);
    expect(web.requests.length).toBeLessThanOrEqual(3);
    await expectNoTemporaryFiles(site);
  });

  test("of the same bytes from many addresses by one person are one picture", async () => {
    const { id, visitor } = await signedInPerson(site);
    const bytes = await drawPicture(2);
    for (let index = 0; index < 10; index += 1) web.serve(`/mirror-${index}`, bytes);
    const csrf = await visitor.csrf();
    const answers = await times(10, (index) =>
      save(visitor, { url: web.url(`/mirror-${index}`), title: "Mirror" }, csrf),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^303 /);
    expect(await imagesCountOf(id)).toBe(1);
    await expectNoTemporaryFiles(site);
  });

  test("by twenty people are twenty rows and one file", async () => {
    const people = await times(20, () => signedInPerson(site));
    const bytes = await drawPicture(3);
    web.serve("/popular.jpg", bytes);
    const before = { originals: await originals(site), files: await storedFiles(site) };
    const answers = await Promise.all(
      people.map(async ({ visitor }) =>
        save(visitor, { url: web.url("/popular.jpg"), title: "Popular" }, await visitor.csrf()),
      ),
    );
    expect(answers.filter((answer) => !answer.startsWith("303 "))).toEqual([]);
    expect(new Set(answers).size).toBe(20);
    expect(await site.deps.database.image.count({ where: { title: "Popular" } })).toBe(20);
    expect(await Promise.all(people.map(({ id }) => imagesCountOf(id)))).toEqual(
      people.map(() => 1),
    );
    expect(await originals(site)).toHaveLength(before.originals.length + 1);
    await expectNoTemporaryFiles(site);
    // The original, and the two sizes of a picture 400 wide.
    expect(await storedFiles(site)).toHaveLength(before.files.length + 3);
  });

  test("of different pictures by one person are all kept and counted", async () => {
    const { id, visitor } = await signedInPerson(site);
    for (let index = 0; index < 12; index += 1) {
      web.serve(`/album-${index}`, await drawPicture(100 + index, { width: 60, height: 40 }));
    }
    const csrf = await visitor.csrf();
    const answers = await times(12, (index) =>
      save(visitor, { url: web.url(`/album-${index}`), title: `Page ${index}` }, csrf),
    );
    expect(answers.filter((answer) => !answer.startsWith("303 "))).toEqual([]);
    expect(await site.deps.database.image.count({ where: { ownerId: id } })).toBe(12);
    expect(await imagesCountOf(id)).toBe(12);
  });
});
