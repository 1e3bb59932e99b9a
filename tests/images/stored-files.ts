import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { expect, vi } from "vitest";
import type { TestApp } from "#tests/support/test-app.ts";

export const storageFolder = (site: TestApp) => join(site.dataFolder, "storage");

/** Every file under the storage folder, temporary ones too, without the marker. */
export async function storedFiles(site: TestApp): Promise<string[]> {
  const root = storageFolder(site);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== ".magpie-storage")
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** What waits to be saved, or was left behind. */
export const temporaryFiles = async (site: TestApp) =>
  (await storedFiles(site)).filter((path) => path.startsWith(".temporary"));

export const originals = async (site: TestApp) =>
  (await storedFiles(site)).filter((path) => path.startsWith("originals"));

/** An upload is removed when its connection closes, so a little after the answer. */
export const expectNoTemporaryFiles = (site: TestApp) =>
  vi.waitFor(async () => expect(await temporaryFiles(site)).toEqual([]), { timeout: 10_000 });
