import { access } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { removeFiles, removeFilesQueue } from "#features/images/images.jobs.ts";
import { removeImage } from "#features/images/remove-image.ts";
import { drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { storageFolder, storedFiles } from "#tests/images/stored-files.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";
import { startWorker } from "../../src/worker.ts";

let site: TestApp;
let owner: { id: number; visitor: Visitor };
let other: { id: number; visitor: Visitor };
let bytes: Buffer;
let id: number;
let sha256: string;
let seed = 0;

beforeAll(async () => {
  site = await startTestApp();
  [owner, other] = await Promise.all([signedInPerson(site), signedInPerson(site)]);
});
beforeEach(async () => {
  bytes = await drawPicture(++seed);
  id = await save(owner.visitor);
  ({ sha256 } = await site.deps.database.image.findUniqueOrThrow({ where: { id } }));
});
afterAll(() => site.close());

async function save(visitor: Visitor): Promise<number> {
  const answer = await visitor.postFile("/images", { name: "a", bytes }, { title: "A stork" });
  expect(answer.status).toBe(303);
  return Number(answer.location?.split("/")[2]);
}

const jobs = () =>
  site.deps.database.$queryRaw<{ data: { sha256: string } }[]>`
    select data from pgboss.job where name = ${removeFilesQueue} and data->>'sha256' = ${sha256}`;
const imagesCount = async () =>
  (await site.deps.database.profile.findUniqueOrThrow({ where: { userId: owner.id } })).imagesCount;
const files = async () => (await storedFiles(site)).filter((path) => path.includes(sha256));
const image = () => site.deps.database.image.findUnique({ where: { id } });

describe("deleting", () => {
  test("takes the row, its likes, its deeds and the count with it, and leaves the files to a job", async () => {
    await other.visitor.post(`/images/${id}/like`);
    const count = await imagesCount();
    const answer = await owner.visitor.post(`/images/${id}/delete`);
    expect([answer.status, answer.location]).toEqual([303, "/"]);
    expect((await owner.visitor.get("/")).$(".flash").text()).toContain("A stork");
    expect(await image()).toBeNull();
    expect(await site.deps.database.like.count({ where: { imageId: id } })).toBe(0);
    const about = { targetType: "image" as const, targetId: id };
    expect(await site.deps.database.action.count({ where: about })).toBe(0);
    expect(await imagesCount()).toBe(count - 1);
    expect(await jobs()).toEqual([{ data: { sha256 } }]);
    expect(await files()).toHaveLength(3);
    for (const path of [`/images/${id}`, `/images/${id}/a-stork`]) {
      expect((await owner.visitor.get(path)).status).toBe(404);
    }
  });

  test("by an administrator counts for the owner", async () => {
    const admin = await signedInPerson(site, { isSuperuser: true });
    const count = await imagesCount();
    expect((await admin.visitor.post(`/images/${id}/delete`)).status).toBe(303);
    expect(await imagesCount()).toBe(count - 1);
    expect(await image()).toBeNull();
  });

  test("leaves other people's deeds and likes alone", async () => {
    const hers = await save(other.visitor);
    await owner.visitor.post(`/images/${hers}/like`);
    await owner.visitor.post(`/images/${id}/delete`);
    const about = { targetType: "image" as const, targetId: hers };
    expect(await site.deps.database.action.count({ where: about })).toBe(2);
    expect(await site.deps.database.like.count({ where: { imageId: hers } })).toBe(1);
  });

  test("and its job are one: when one fails, so does the other", async () => {
    const count = await imagesCount();
    const request = { image: { id } };
    const { jobs: queue } = site.deps;
    const noQueue: typeof queue = {
      ...queue,
      enqueue: () => Promise.reject(new Error("no queue")),
    };
    await expect(removeImage({ ...site.deps, jobs: noQueue }, request)).rejects.toThrow("no queue");
    const noPower: typeof queue = {
      ...queue,
      enqueue: async (...job) => {
        await queue.enqueue(...job);
        throw new Error("no power");
      },
    };
    await expect(removeImage({ ...site.deps, jobs: noPower }, request)).rejects.toThrow("no power");
    expect(await image()).not.toBeNull();
    expect(await imagesCount()).toBe(count);
    expect(await jobs()).toEqual([]);
    expect(await site.deps.database.action.count({ where: { targetId: id } })).toBe(1);
  });

  test("counts once when several found it before one of them deleted it", async () => {
    const count = await imagesCount();
    const request = { image: { id } };
    await Promise.all(Array.from({ length: 10 }, () => removeImage(site.deps, request)));
    expect(await imagesCount()).toBe(count - 1);
    expect(await jobs()).toHaveLength(1);
  });

  test("for an administrator is recorded with it once, or not done at all", async () => {
    const image = { id };
    const fails = () => Promise.reject(new Error("no history"));
    await expect(removeImage(site.deps, { image, alongside: fails })).rejects.toThrow("no history");
    expect(await site.deps.database.image.count({ where: { id } })).toBe(1);
    let recorded = 0;
    const alongside = async () => {
      recorded += 1;
    };
    const answers = await Promise.allSettled(
      Array.from({ length: 5 }, () => removeImage(site.deps, { image, alongside })),
    );
    expect(recorded).toBe(1);
    const refused = answers.filter((answer) => answer.status === "rejected");
    expect(refused).toHaveLength(4);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: "not_found" });
  });

  test("ten times at once counts once", async () => {
    const count = await imagesCount();
    const _csrf = await owner.visitor.csrf();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        owner.visitor.post(`/images/${id}/delete`, { _csrf }, { csrf: null }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status !== 303 && status !== 404)).toEqual([]);
    expect(await imagesCount()).toBe(count - 1);
    expect(await jobs()).toHaveLength(1);
  });
});

describe("the job after it", () => {
  test("removes the files, and does not mind running again", async () => {
    await owner.visitor.post(`/images/${id}/delete`);
    await removeFiles(site.deps, { sha256 });
    expect(await files()).toEqual([]);
    await removeFiles(site.deps, { sha256 });
    await removeFiles(site.deps, { sha256: "0".repeat(64) });
  });

  test("leaves files that somebody else's row uses", async () => {
    await save(other.visitor);
    await owner.visitor.post(`/images/${id}/delete`);
    await removeFiles(site.deps, { sha256 });
    expect(await files()).toHaveLength(3);
  });

  test("that comes late leaves a picture that was saved again", async () => {
    await owner.visitor.post(`/images/${id}/delete`);
    const again = await save(owner.visitor);
    await removeFiles(site.deps, { sha256 });
    expect(await files()).toHaveLength(3);
    const page = await owner.visitor.get(`/images/${again}/a-stork`);
    expect((await owner.visitor.get(page.$("article img").attr("src") ?? "")).status).toBe(200);
  });

  test("and saving the same again never leave a row without its files", async () => {
    for (let round = 0; round < 8; round += 1) {
      await owner.visitor.post(`/images/${id}/delete`);
      [id] = await Promise.all([
        save(owner.visitor),
        removeFiles(site.deps, { sha256 }),
        removeFiles(site.deps, { sha256 }),
      ]);
      const row = await site.deps.database.image.findUniqueOrThrow({ where: { id } });
      await access(join(storageFolder(site), row.storageKey));
      expect(await files()).toHaveLength(3);
    }
  });

  // Last: from here on the queue is worked off.
  test("is done by the worker", async () => {
    await site.deps.database.$executeRaw`delete from pgboss.job where name = ${removeFilesQueue}`;
    await startWorker(site.deps);
    await owner.visitor.post(`/images/${id}/delete`);
    await vi.waitFor(async () => expect(await files()).toEqual([]), {
      timeout: 20_000,
      interval: 100,
    });
  });
});
