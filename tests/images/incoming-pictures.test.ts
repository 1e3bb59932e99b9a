import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createIncomingPictures } from "#features/images/incoming-pictures.ts";

let folder: string;
let now: Date;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "magpie-incoming-"));
  now = new Date("2026-05-14T10:00:00Z");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const createProcess = () => createIncomingPictures(folder, () => now);

async function received(name: string, sourceUrl: string | null = "https://example.org/a.jpg") {
  const [path, thumbnail] = [join(folder, name), join(folder, `${name}.webp`)];
  await Promise.all([path, thumbnail].map((file) => writeFile(file, name)));
  return {
    ...{ personId: 1, sourceUrl, path },
    image: {
      ...{ format: "jpeg" as const, width: 3, height: 2, frames: 1, bytes: 9, sha256: name },
      ...{ dominantColour: "#000000", perceptualHash: -(2n ** 63n) },
      thumbnails: [{ nominal: 320 as const, width: 3, height: 2, path: thumbnail }],
    },
  };
}

test("every process of the machine finds what one of them received", async () => {
  const added = await createProcess().add(await received("a"));
  expect(await createProcess().find(added.id, 1)).toEqual(added);
  expect(await createProcess().find(added.id, 2)).toBeNull();
});

test("two processes that fetch the same address at once do not take each other's files", async () => {
  const first = await createProcess().add(await received("a"));
  const second = await createProcess().add(await received("b"));
  expect(second).toEqual(first);
  expect((await readdir(folder)).sort()).toEqual([
    "a",
    "a.webp",
    `incoming-${first.personId}-${first.id}.json`,
  ]);
});

test("what waited too long makes room for what was fetched anew", async () => {
  const first = await createProcess().add(await received("a"));
  now = new Date(now.getTime() + 600_001);
  const second = await createProcess().add(await received("b"));
  expect(second.id).toBe(first.id);
  expect((await readdir(folder)).sort()).toEqual([
    "b",
    "b.webp",
    `incoming-${first.personId}-${first.id}.json`,
  ]);
});

test("two files that one person sends are two", async () => {
  const incoming = createProcess();
  const first = await incoming.add(await received("a", null));
  const second = await incoming.add(await received("b", null));
  expect(second.id).not.toBe(first.id);
  await incoming.discard(first);
  expect((await readdir(folder)).sort()).toEqual([
    "b",
    "b.webp",
    `incoming-${second.personId}-${second.id}.json`,
  ]);
});

test("what cannot be noted is not left behind", async () => {
  const values = await received("a");
  const unwritable = Object.assign(values, {
    toJSON: () => {
      throw new Error("full");
    },
  });
  await expect(createProcess().add(unwritable)).rejects.toThrow("full");
  expect(await readdir(folder)).toEqual([]);
});
