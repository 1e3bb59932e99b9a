import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readCommandLine } from "#bench/command-line.ts";
import { load } from "#bench/load/load.ts";
import { run } from "#bench/run/run.ts";
import { faultsOf } from "#bench/run/table.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;
const said: string[] = [];
const say = (line: string) => void said.push(line);

beforeAll(async () => {
  site = await startTestApp();
  const size = { images: 30, users: 20, follows: 3, likes: 60, actions: 100, views: 500, seed: 1 };
  await load({ ...site, clock: () => new Date(), say: () => {} }, size);
  // What the bench reads of the environment is what its server is started with.
  vi.stubEnv("DATA_DIR", site.dataFolder);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await site.close();
});

const measured = async (words: string) => {
  const request = readCommandLine(["run", "--seconds", "1", ...words.split(" ")]);
  if (request?.command !== "run") throw new Error(`Not a run: ${words}`);
  const { signal } = new AbortController();
  const { config } = site.deps;
  return run({ config, databaseUrl: site.databaseUrl, say, signal }, request.options);
};

test("a run measures the real server and its floor, and leaves the rows as they were", async () => {
  const { database } = site.deps;
  const rows = async () => [
    await database.image.findMany({ orderBy: { id: "asc" }, omit: { totalViews: true } }),
    await database.like.count(),
    await database.action.count(),
    await database.profile.findMany({ orderBy: { userId: "asc" } }),
  ];
  const before = await rows();
  const files = filesOf(site);

  const report = await measured("--only next,like,save --connections 4");
  expect(faultsOf(report)).toEqual([]);
  expect(report.rows).toMatchObject({ images: 30, users: 20 });
  const names = ["next cards, deep down", "like and unlike", "save, one client", "save"];
  expect(report.pages.map(({ name }) => name)).toEqual(names);
  for (const page of report.pages) {
    expect(page).toMatchObject({ errors: 0 });
    expect(page.rate).toBeGreaterThan(0);
    expect(page.p99).toBeGreaterThanOrEqual(page.p50);
    expect(page.memory).toBeGreaterThan(2 ** 20);
    expect(page.floor?.errors ?? 0).toBe(0);
  }
  const [next, like, save] = report.pages;
  expect(next).toMatchObject({ queries: 1, floorQueries: 1 });
  expect(next?.floor?.rate).toBeGreaterThan(0);
  expect(next?.bytes).toBeGreaterThan(1000);
  expect(like?.floorQueries).toBeGreaterThan(3);
  // Who is signed in is no part of the floor.
  expect(like?.queries).toBeGreaterThan(like?.floorQueries ?? 0);
  expect(save?.floor).toBeNull();
  expect(said.filter((line) => line.startsWith("next cards"))).toHaveLength(1);

  expect(await rows()).toEqual(before);
  expect(filesOf(site)).toEqual(files);
}, 300_000);

const filesOf = ({ dataFolder }: TestApp) =>
  readdirSync(join(dataFolder, "storage"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith(".temporary"))
    .map((entry) => entry.name)
    .sort();
