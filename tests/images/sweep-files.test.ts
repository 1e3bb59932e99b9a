import { randomBytes } from "node:crypto";
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readConfig } from "#config";
import { createDependencies } from "#dependencies";
import { sweepFiles } from "#features/images/images.jobs.ts";
import { contentLockName, originalKey, thumbnailKey } from "#features/images/storage-keys.ts";
import { createLogger } from "#platform/logger.ts";
import { createImageRows, drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { storageFolder, storedFiles } from "#tests/images/stored-files.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let owner: { id: number; visitor: Visitor };
let sha256: string;

beforeAll(async () => {
  site = await startTestApp();
  owner = await signedInPerson(site);
});
beforeEach(() => {
  sha256 = randomBytes(32).toString("hex");
});
afterAll(() => site.close());

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

async function putFile(path: string, age: number): Promise<string> {
  const file = join(storageFolder(site), path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, "bytes");
  await utimes(file, minutesAgo(age), minutesAgo(age));
  return path;
}

const putPicture = async (hash: string, age: number) => [
  await putFile(originalKey(hash, "png"), age),
  await putFile(thumbnailKey(hash, 320), age),
];

async function putRow(hash: string): Promise<number> {
  const [id = 0] = await createImageRows(site.deps.database, owner.id, 1);
  await site.deps.database.image.update({ where: { id }, data: { sha256: hash } });
  return id;
}

const has = async (path: string) => (await storedFiles(site)).includes(path);

describe("the hourly sweep", () => {
  test("removes what no row uses after an hour, and nothing younger or in use", async () => {
    const [old, young, used] = [1, 2, 3].map(() => randomBytes(32).toString("hex")) as [
      string,
      string,
      string,
    ];
    await putRow(used);
    const kept = [...(await putPicture(young, 59)), ...(await putPicture(used, 900))];
    await putPicture(old, 61);
    const stray = await putFile(thumbnailKey(sha256, 1280), 61);
    await sweepFiles(site.deps);
    await sweepFiles(site.deps);
    const left = await storedFiles(site);
    expect(left.filter((path) => path.includes(old))).toEqual([]);
    expect(left).not.toContain(stray);
    expect(left).toEqual(expect.arrayContaining(kept));
  });

  test("clears old temporary files and leaves those of running requests", async () => {
    await putFile(".temporary/fetch-old", 61);
    const running = await putFile(".temporary/fetch-running", 1);
    await sweepFiles(site.deps);
    const left = (await storedFiles(site)).filter((path) => path.startsWith(".temporary"));
    expect(left).toEqual([running]);
    await rm(join(storageFolder(site), running));
  });

  test("leaves what it does not know", async () => {
    const foreign = await putFile("originals/@eaDir/notes.txt", 900);
    await sweepFiles(site.deps);
    expect(await has(foreign)).toBe(true);
  });

  test("waits for a save that is under way, and then looks again", async () => {
    const [original = ""] = await putPicture(sha256, 900);
    let sweeping: Promise<void> | undefined;
    await site.deps.lock(contentLockName(sha256), async () => {
      sweeping = sweepFiles(site.deps);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await has(original)).toBe(true);
      await putRow(sha256);
    });
    await sweeping;
    expect(await has(original)).toBe(true);
  });

  test("makes a save of the same bytes wait, which then keeps them anew", async () => {
    const bytes = await drawPicture(1);
    const file = { name: "a", bytes };
    const first = await owner.visitor.postFile("/images", file, { title: "First" });
    const id = Number(first.location?.split("/")[2]);
    const image = await site.deps.database.image.findUniqueOrThrow({ where: { id } });
    await site.deps.database.image.delete({ where: { id } });
    let saving: ReturnType<Visitor["postFile"]> | undefined;
    await site.deps.lock(contentLockName(image.sha256), async () => {
      saving = owner.visitor.postFile("/images", file, { title: "Second" });
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await site.deps.database.image.count({ where: { title: "Second" } })).toBe(0);
      await rm(join(storageFolder(site), image.storageKey));
    });
    expect((await saving)?.status).toBe(303);
    expect(await has(image.storageKey)).toBe(true);
  });
});

describe("a storage folder that is not the one the database knows", () => {
  const start = () => {
    const settings = { DATA_DIR: site.dataFolder, SESSION_SECRET: "a secret for tests" };
    const options = { databaseUrl: site.databaseUrl, logger: createLogger("silent") };
    return createDependencies(readConfig(settings), options);
  };

  test("stops the start with a clear sentence", async () => {
    await putRow(sha256);
    await rm(join(storageFolder(site), ".magpie-storage"));
    await expect(start()).rejects.toThrow(
      /lacks the file \.magpie-storage although the database knows images/,
    );
    await expect(start()).rejects.toThrow(storageFolder(site));
  });

  test("is taken as new while there is no image", async () => {
    await site.deps.database.image.deleteMany();
    const deps = await start();
    await deps.close();
    await (await start()).close();
  });
});
