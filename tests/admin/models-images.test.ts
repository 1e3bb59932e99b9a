import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { removeFiles, removeFilesQueue } from "#features/images/images.jobs.ts";
import { fillForm, sendForm } from "#tests/admin/fill-form.ts";
import { drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { storedFiles } from "#tests/images/stored-files.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

type Person = { id: number; username: string; visitor: Visitor };
let site: TestApp;
let admin: Person;
let ana: Person;
let id: number;
let bytes: Buffer;
let seed = 0;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await signedInPerson(site, { isSuperuser: true });
  ana = await signedInPerson(site);
});
beforeEach(async () => {
  bytes = await drawPicture(++seed);
  id = await save(ana);
});
afterAll(() => site.close());

const save = async ({ visitor }: Person) => {
  const fields = { title: "A heron", description: "Grey." };
  const answer = await visitor.postFile("/images", { name: "a", bytes }, fields);
  return Number(answer.location?.split("/")[2]);
};
const page = () => `/admin/images/${id}`;
const row = () => site.deps.database.image.findUniqueOrThrow({ where: { id } });
const history = () =>
  site.deps.database.adminChange.findMany({
    where: { model: "images", objectId: String(id) },
    orderBy: { id: "asc" },
  });
const profile = () => site.deps.database.profile.findUniqueOrThrow({ where: { userId: ana.id } });

test("a picture is corrected: title, address, and where it comes from", async () => {
  const stranger = createVisitor(site.app);
  const before = await stranger.get("/images");
  expect(before.text).toContain("A heron");
  const answer = await fillForm(admin.visitor, page(), {
    title: "A stork",
    pageUrl: "https://example.org/birds?a=1&b=2",
    sourceUrl: "HTTPS://Example.org/stork.jpg",
  });
  expect([answer.status, answer.errors]).toEqual([303, {}]);
  expect(await row()).toMatchObject({
    ...{ title: "A stork", slug: "a-stork", description: "Grey." },
    pageUrl: "https://example.org/birds?a=1&b=2",
    sourceUrl: "https://example.org/stork.jpg",
  });
  expect(await history()).toMatchObject([
    {
      objectLabel: "A stork",
      changes: [
        { field: "Title", before: "A heron", after: "A stork" },
        { field: "Found on", before: "" },
        { field: "Address of the file", before: "" },
      ],
    },
  ]);
  expect((await stranger.get("/images")).$(`[data-image-id="${id}"]`).text()).toContain("A stork");
  expect((await stranger.get(`/images/${id}/a-heron`)).location).toBe(`/images/${id}/a-stork`);
});

test("it is checked by the rules of saving", async () => {
  for (const [field, filled] of [
    ["title", { title: " " }],
    ["title", { title: "x".repeat(201) }],
    ["description", { description: "x".repeat(5001) }],
    ["pageUrl", { pageUrl: "javascript:alert(1)" }],
    ["sourceUrl", { sourceUrl: `https://example.org/${"x".repeat(2048)}` }],
  ] as const) {
    const answer = await fillForm(admin.visitor, page(), filled);
    expect([field, answer.status, Object.keys(answer.errors)]).toEqual([field, 422, [field]]);
  }
  expect(await history()).toEqual([]);
});

test("its facts are shown and in nobody's hands", async () => {
  const { $ } = await admin.visitor.get(page());
  const { sha256 } = await row();
  const facts = { owner: ana.username, dimensions: "400 × 300 pixels", format: "JPEG", sha256 };
  for (const [name, fact] of Object.entries(facts)) {
    expect($(`[data-field=${name}] dd`).text()).toContain(fact);
    expect($(`[name=${name}]`)).toHaveLength(0);
  }
  expect($(`main img[src^="/media/thumbnails/"]`)).toHaveLength(1);
  const csrf = await admin.visitor.csrf(page());
  const version = String($("[name=version]").val());
  const sent = { version, title: "A crane", totalLikes: "99", ownerId: String(admin.id) };
  expect((await admin.visitor.post(page(), sent, { csrf })).status).toBe(303);
  expect(await row()).toMatchObject({ title: "A crane", totalLikes: 0, ownerId: ana.id });
});

test("a like meanwhile does not stand in the way", async () => {
  const { $ } = await admin.visitor.get(page());
  await admin.visitor.post(`/images/${id}/like`);
  expect((await sendForm(admin.visitor, $, { title: "A crane" })).status).toBe(303);
  expect(await row()).toMatchObject({ title: "A crane", totalLikes: 1 });
});

test("nobody adds one here", async () => {
  expect((await admin.visitor.get("/admin/images/new")).status).toBe(404);
  expect((await admin.visitor.post("/admin/images/new", { title: "No" })).status).toBe(404);
});

test("deleted, it says what goes along; its files go by a job that may run twice", async () => {
  const { sha256, slug } = await row();
  await admin.visitor.post(`/images/${id}/like`);
  const stranger = createVisitor(site.app);
  await stranger.get(`/images/${id}/${slug}`);
  await site.deps.viewCounters.flush();
  expect((await stranger.get("/ranking")).$(`[data-image-id="${id}"]`)).toHaveLength(1);
  expect((await stranger.get("/images")).$(`[data-image-id="${id}"]`)).toHaveLength(1);
  const { imagesCount } = await profile();

  const question = await admin.visitor.get(`${page()}/delete`);
  const goes = question.$(".takes-along li").toArray();
  expect(goes.map((line) => question.$(line).text())).toEqual([
    ...["1 like", "2 actions in feeds", "the files, unless somebody else saved the same picture"],
  ]);
  expect((await sendForm(admin.visitor, question.$)).location).toBe("/admin/images");

  for (const path of ["/images", "/ranking", `/users/${ana.username}`, "/"]) {
    expect((await stranger.get(path)).$(`[data-image-id="${id}"]`)).toHaveLength(0);
  }
  expect((await stranger.get(`/images/${id}/${slug}`)).status).toBe(404);
  expect((await profile()).imagesCount).toBe(imagesCount - 1);
  const target = { targetType: "image" as const, targetId: id };
  expect(await site.deps.database.action.count({ where: target })).toBe(0);
  const jobs = await site.deps.database.$queryRaw`
    select data from pgboss.job where name = ${removeFilesQueue}`;
  expect(jobs).toContainEqual({ data: { sha256 } });
  const files = async () => (await storedFiles(site)).filter((file) => file.includes(sha256));
  expect((await files()).length).toBeGreaterThan(1);
  for (let run = 0; run < 2; run += 1) await removeFiles(site.deps, { sha256 });
  expect(await files()).toEqual([]);
  expect((await history()).at(-1)).toMatchObject({ kind: "deleted", objectLabel: "A heron" });
  expect((await admin.visitor.post(`${page()}/delete`)).status).toBe(404);
  expect(await history()).toHaveLength(1);
});

test("files stay that somebody else saved, too", async () => {
  const theirs = await save(admin);
  expect(theirs).not.toBe(id);
  const { sha256, storageKey } = await row();
  await fillForm(admin.visitor, `${page()}/delete`);
  for (let run = 0; run < 2; run += 1) await removeFiles(site.deps, { sha256 });
  expect((await admin.visitor.get(`/media/${storageKey}`)).status).toBe(200);
});

test("asked for twice at once it is deleted once, with one entry in its history", async () => {
  const csrf = await admin.visitor.csrf(page());
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => admin.visitor.post(`${page()}/delete`, {}, { csrf })),
  );
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([303, 404, 404, 404, 404, 404]);
  expect(await history()).toHaveLength(1);
  expect((await profile()).imagesCount).toBe(
    await site.deps.database.image.count({ where: { ownerId: ana.id } }),
  );
});
