import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ZipEntry, zip } from "#platform/zip.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "magpie-zip-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const modifiedAt = new Date("2026-03-14T15:09:26");
const entry = (name: string, bytes: Buffer, compress = true): ZipEntry => ({
  name,
  modifiedAt,
  compress,
  content: Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]),
});
async function* each(entries: Iterable<ZipEntry>) {
  yield* entries;
}
async function write(entries: AsyncIterable<ZipEntry>): Promise<string> {
  const path = join(folder, `${Math.random()}.zip`);
  await pipeline(zip(entries), createWriteStream(path));
  return path;
}

/** What Python, which wrote none of this, reads from an archive. */
const python = (path: string, code: string): unknown =>
  JSON.parse(
    execFileSync(
      "python3",
      ["-c", `import json, zipfile\nz = zipfile.ZipFile(${JSON.stringify(path)})\n${code}`],
      { encoding: "utf8" },
    ),
  );

describe("an archive", () => {
  const picture = randomBytes(300_000);
  const words = Buffer.from("the same words again and again ".repeat(5000));
  const files = () =>
    each([
      entry("empty.txt", Buffer.alloc(0)),
      entry("words.json", words),
      entry("pictures/7-elster-über-ärmel.jpg", picture, false),
    ]);

  test("is whole to Python, names, dates, sizes and checksums", async () => {
    const path = await write(files());
    const code = `print(json.dumps([z.testzip(), [[i.filename, i.file_size, list(i.date_time)] for i in z.infolist()]]))`;
    const date = [2026, 3, 14, 15, 9, 26];
    expect(python(path, code)).toEqual([
      null,
      [
        ["empty.txt", 0, date],
        ["words.json", words.length, date],
        ["pictures/7-elster-über-ärmel.jpg", picture.length, date],
      ],
    ]);
    expect(readFileSync(path).length).toBeLessThan(picture.length + 20_000);
  });

  test("gives back the same bytes", async () => {
    const path = await write(files());
    const code = `import hashlib; print(json.dumps([hashlib.sha256(z.read(n)).hexdigest() for n in z.namelist()]))`;
    const { createHash } = await import("node:crypto");
    const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
    expect(python(path, code)).toEqual([Buffer.alloc(0), words, picture].map(hash));
  });

  test("of nothing is an archive", async () => {
    expect(python(await write(each([])), "print(json.dumps(z.namelist()))")).toEqual([]);
  });
});

test("content that fails midway fails the archive, so that half of it looks like half", async () => {
  async function* failing() {
    yield Buffer.from("some");
    throw new Error("the disk is gone");
  }
  const entries = each([{ ...entry("a", Buffer.alloc(0)), content: Readable.from(failing()) }]);
  await expect(write(entries)).rejects.toThrow("the disk is gone");
});

test("whoever stops reading ends what was being read", async () => {
  let isEnded = false;
  async function* endless() {
    try {
      for (;;) yield randomBytes(100_000);
    } finally {
      isEnded = true;
    }
  }
  let isListEnded = false;
  async function* list() {
    try {
      yield { ...entry("a", Buffer.alloc(0), false), content: Readable.from(endless()) };
      yield entry("b", Buffer.alloc(0));
    } finally {
      isListEnded = true;
    }
  }
  for await (const chunk of zip(list())) {
    if (chunk.length > 1000) break;
  }
  await expect.poll(() => [isEnded, isListEnded]).toEqual([true, true]);
});

test("whoever leaves before anything was read ends what was opened", async () => {
  for (const isOpened of [false, true]) {
    const content = new Readable({ read() {} });
    const archive = zip(each([{ ...entry("a", Buffer.alloc(0)), content }]));
    if (isOpened) await setImmediate();
    archive.destroy();
    await expect.poll(() => content.destroyed).toBe(true);
  }
});

test("keeps nothing of what it has sent", async () => {
  function* many() {
    for (let index = 0; index < 400; index += 1) {
      yield {
        ...entry(`${index}`, Buffer.alloc(0), false),
        content: Readable.from([Buffer.alloc(1_000_000)]),
      };
    }
  }
  let most = 0;
  for await (const _ of zip(each(many()))) {
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  }
  expect(most).toBeLessThan(200_000_000);
});
