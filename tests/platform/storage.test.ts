import {
  access,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { contentTypeOf, originalKey, thumbnailKey } from "#features/images/storage-keys.ts";
import { NotFound, Unavailable } from "#lib/errors.ts";
import { clearDiskError, createStorage, type Storage } from "#platform/storage.ts";

const SHA = "ab12".padEnd(64, "0");
const KEY = originalKey(SHA, "jpeg");
const HOUR = 3_600_000;

let folder: string;
let storage: Storage;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "magpie-storage-"));
  storage = await createStorage({ folder });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("keeping", () => {
  test("moves the temporary file to its key", async () => {
    expect(await storage.keep(KEY, await temporary("picture"))).toBe(true);
    expect(await readFile(join(folder, KEY), "utf8")).toBe("picture");
    expect(await readdir(storage.temporaryFolder)).toEqual([]);
    expect(await storage.exists(KEY)).toBe(true);
  });

  test("again is a no-op that uses up the temporary file and makes the key young", async () => {
    await storage.keep(KEY, await temporary("picture"));
    await age(KEY, 2 * HOUR);
    expect(await storage.keep(KEY, await temporary("other bytes"))).toBe(false);
    expect(await readFile(join(folder, KEY), "utf8")).toBe("picture");
    expect(await readdir(storage.temporaryFolder)).toEqual([]);
    expect(await keysOlderThan(HOUR)).toEqual([]);
  });

  test("twenty times at once leaves one whole file", async () => {
    const files = await Promise.all(Array.from({ length: 20 }, () => temporary("picture")));
    const kept = await Promise.all(files.map((file) => storage.keep(KEY, file)));
    expect(kept).toContain(true);
    expect(await readFile(join(folder, KEY), "utf8")).toBe("picture");
    expect(await readdir(storage.temporaryFolder)).toEqual([]);
  });

  test("never keeps an empty file", async () => {
    await expect(storage.keep(KEY, await temporary(""))).rejects.toThrow("empty");
    expect(await storage.exists(KEY)).toBe(false);
  });

  test("takes nothing from outside the temporary folder", async () => {
    const outside = join(folder, "secret");
    await writeFile(outside, "secret");
    await expect(storage.keep(KEY, outside)).rejects.toThrow(RangeError);
    const climbing = join(storage.temporaryFolder, "..", "secret");
    await expect(storage.keep(KEY, climbing)).rejects.toThrow(RangeError);
    await access(outside);
  });

  test("fails without a trace when the temporary file is gone", async () => {
    const gone = join(storage.temporaryFolder, "gone");
    await expect(storage.keep(KEY, gone)).rejects.toThrow("ENOENT");
    expect(await storage.exists(KEY)).toBe(false);
  });
});

describe("a full disk", () => {
  test.each(["ENOSPC", "EDQUOT"])("%s becomes a sentence, with the cause for the log", (code) => {
    const cause = Object.assign(new Error("write failed"), { code });
    const error = clearDiskError(cause);
    expect(error).toBeInstanceOf(Unavailable);
    expect(error).toMatchObject({ message: expect.stringContaining("disk is full"), cause });
  });

  test("is not blamed for other errors", () => {
    const error = new Error("something else");
    expect(clearDiskError(error)).toBe(error);
  });
});

describe("keys", () => {
  const wrong = [
    "",
    "/",
    "/etc/passwd",
    "../secret",
    "originals/../secret",
    "originals/./a",
    "originals//a",
    "originals/a/",
    "originals/a..b",
    "originals\\a",
    "originals/a\0.jpg",
    "originals/a\n",
    "originals/%2e%2e/a",
    "originals/é",
    ".magpie-storage",
    ".temporary/upload",
    "originals/.hidden",
    "a".repeat(201),
  ];

  test.each(wrong)("%j is no key", async (key) => {
    await expect(storage.open(key)).rejects.toThrow(NotFound);
    expect(await storage.exists(key)).toBe(false);
    await expect(storage.keep(key, await temporary("picture"))).rejects.toThrow(RangeError);
    await expect(storage.remove(key)).rejects.toThrow(RangeError);
  });

  test("come from the content and are spread over folders", () => {
    expect(originalKey(SHA, "jpeg")).toBe(`originals/ab/12/${SHA}.jpg`);
    expect(originalKey(SHA, "avif")).toBe(`originals/ab/12/${SHA}.avif`);
    expect(thumbnailKey(SHA, 640)).toBe(`thumbnails/ab/12/${SHA}-640.webp`);
    expect(() => originalKey("../../etc", "png")).toThrow(RangeError);
    expect(() => thumbnailKey(SHA.toUpperCase(), 320)).toThrow(RangeError);
  });

  test("fix the content type", () => {
    expect(contentTypeOf(originalKey(SHA, "jpeg"))).toBe("image/jpeg");
    expect(contentTypeOf(originalKey(SHA, "gif"))).toBe("image/gif");
    expect(contentTypeOf(thumbnailKey(SHA, 320))).toBe("image/webp");
    expect(contentTypeOf("originals/page.html")).toBe("application/octet-stream");
    expect(contentTypeOf("constructor")).toBe("application/octet-stream");
  });
});

describe("reading and removing", () => {
  test("gives a stream and its size", async () => {
    await storage.keep(KEY, await temporary("picture"));
    const { stream, size } = await storage.open(KEY);
    expect(size).toBe(7);
    expect(await text(stream)).toBe("picture");
  });

  test("a missing key, and a folder, are not found", async () => {
    await expect(storage.open(KEY)).rejects.toThrow(NotFound);
    await storage.keep(KEY, await temporary("picture"));
    await expect(storage.open(`${KEY}/below`)).rejects.toThrow(NotFound);
    await expect(storage.open("originals/ab")).rejects.toThrow(NotFound);
    expect(await storage.exists("originals/ab")).toBe(false);
    expect(await storage.exists(`${KEY}/below`)).toBe(false);
  });

  test("removing twice is the same as once", async () => {
    await storage.keep(KEY, await temporary("picture"));
    await storage.remove(KEY);
    await storage.remove(KEY);
    expect(await storage.exists(KEY)).toBe(false);
  });

  test("the sweep spares what was kept again after it looked", async () => {
    await storage.keep(KEY, await temporary("picture"));
    const before = new Date(Date.now() - HOUR);
    await storage.remove(KEY, { unlessKeptSince: before });
    expect(await storage.exists(KEY)).toBe(true);
    await age(KEY, 2 * HOUR);
    await storage.remove(KEY, { unlessKeptSince: before });
    expect(await storage.exists(KEY)).toBe(false);
    await storage.remove(KEY, { unlessKeptSince: before });
  });
});

describe("sweeping", () => {
  test("lists old keys below a prefix and nothing else", async () => {
    const old = [originalKey("0".repeat(64), "png"), originalKey("f".repeat(64), "gif")];
    for (const key of [...old, KEY, thumbnailKey(SHA, 320)]) {
      await storage.keep(key, await temporary(key));
    }
    await Promise.all(old.map((key) => age(key, 2 * HOUR)));
    await age(thumbnailKey(SHA, 320), 2 * HOUR);
    // What a NAS and a desktop leave behind.
    await mkdir(join(folder, "originals/@eaDir"));
    await writeFile(join(folder, "originals/.DS_Store"), "");
    await utimes(join(folder, "originals/.DS_Store"), 0, 0);
    expect(await keysOlderThan(HOUR)).toEqual(old);
  });

  test("an absent prefix lists nothing", async () => {
    expect(await keysOlderThan(HOUR)).toEqual([]);
  });

  test("removes old temporary files and leaves young ones", async () => {
    const old = await temporary("left by a crash");
    const young = await temporary("being written");
    await utimes(old, 0, 0);
    expect(await storage.sweepTemporary(new Date(Date.now() - HOUR))).toBe(1);
    await access(young);
    await expect(access(old)).rejects.toThrow();
  });
});

describe("the marker", () => {
  const storageId = "8f14e45f-ceea-467f-a8a0-000000000001";
  const empty = { storageId, hasRows: async () => false };
  const used = { storageId, hasRows: async () => true };

  test("is written at the first start and found afterwards", async () => {
    await storage.check(empty);
    expect((await stat(join(folder, ".magpie-storage"))).size).toBeGreaterThan(0);
    await storage.check(used);
    await storage.check({ storageId, hasRows: () => expect.unreachable("the marker is enough") });
  });

  test("missing although there are rows stops the start with one sentence", async () => {
    await expect(storage.check(used)).rejects.toThrow(/^The image folder .+ mount .+\.$/);
    await expect(access(join(folder, ".magpie-storage"))).rejects.toThrow();
  });

  test("of another database stops the start, before a sweep could delete what it does not know", async () => {
    await storage.check(empty);
    const other = { storageId: "8f14e45f-ceea-467f-a8a0-000000000002", hasRows: async () => false };
    await expect(storage.check(other)).rejects.toThrow(
      /^The image folder .+ another database.+\.$/,
    );
  });
});

let count = 0;

async function temporary(content: string): Promise<string> {
  const path = join(storage.temporaryFolder, `file-${count++}`);
  await writeFile(path, content);
  return path;
}

async function age(key: string, milliseconds: number): Promise<void> {
  const then = new Date(Date.now() - milliseconds);
  await utimes(join(folder, key), then, then);
}

async function keysOlderThan(milliseconds: number): Promise<string[]> {
  const date = new Date(Date.now() - milliseconds);
  const keys: string[] = [];
  for await (const key of storage.listOlderThan("originals", date)) keys.push(key);
  return keys.sort();
}
