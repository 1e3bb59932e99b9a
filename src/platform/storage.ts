/**
 * Where originals and thumbnails live. Protects against:
 *
 * - half a file: what has a key is whole and on the disk. Order: temporary file, fsync, rename, fsync
 *   of the folder, and only then the caller's row;
 * - an unmounted disk that looks like an empty one: a marker file is checked at start;
 * - keys that leave the folder: one allowed shape, checked here and again by flydrive;
 * - the sweep deleting what has just been kept again: see `keep` and `remove`.
 *
 * flydrive 2.1 reads, lists and deletes, so S3 comes with another driver. Its writes do not do:
 * `put` writes in place, `move` copies and unlinks, `moveFromFs` streams into place
 * (node_modules/flydrive/build), so a crash or a full disk leaves a truncated file under the key.
 * An object store's own upload is atomic: with that driver `keep` becomes `moveFromFs`.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { ReadStream } from "node:fs";
import {
  mkdir,
  open,
  opendir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { Readable } from "node:stream";
import { Disk } from "flydrive";
import { FSDriver } from "flydrive/drivers/fs";
import { NotFound, Unavailable } from "#lib/errors.ts";

export interface Storage {
  /** On the same file system as the keys; whatever is written here should have a unique name. */
  readonly temporaryFolder: string;
  /**
   * Moves a finished file from the temporary folder to its key, and returns once it would survive a
   * power cut. False if the key is there already: then the temporary file is removed and the kept one
   * counts as new. When it throws, the temporary file is still the caller's to remove.
   */
  keep(key: string, temporaryPath: string): Promise<boolean>;
  exists(key: string): Promise<boolean>;
  /** The caller consumes or destroys the stream. Throws `NotFound`. */
  open(key: string): Promise<{ stream: Readable; size: number }>;
  /** Nothing happens if the key is gone already, or was kept after `unlessKeptSince`. */
  remove(key: string, options?: { unlessKeptSince?: Date }): Promise<void>;
  /** Keys below `prefix` last kept before `date`, one folder in memory at a time. */
  listOlderThan(prefix: string, date: Date): AsyncIterable<string>;
  /** Removes what crashes left in the temporary folder, and returns how many files. */
  sweepTemporary(olderThan: Date): Promise<number>;
  /**
   * At every start. Throws unless the folder is marked as the one of the database that `storageId`
   * names, or may be marked because no image is known yet: else the sweep would delete every picture.
   */
  check(database: { storageId: string; hasRows: () => Promise<boolean> }): Promise<void>;
}

const SEGMENT = "[a-z0-9](?:[a-z0-9_-]|\\.(?=[a-z0-9]))*";
const KEY = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`);
const MARKER = ".magpie-storage";
const MARKER_TEXT =
  "Magpie keeps its pictures in this folder. Without this file it does not start.\n";

export async function createStorage(options: { folder: string }): Promise<Storage> {
  const root = resolve(options.folder);
  const temporaryFolder = join(root, ".temporary");
  await mkdir(temporaryFolder, { recursive: true });
  const disk = new Disk(new FSDriver({ location: root, visibility: "private" }));

  return {
    temporaryFolder,

    async keep(key, temporaryPath) {
      const target = join(root, requireKey(key));
      if (!resolve(temporaryPath).startsWith(temporaryFolder + sep)) {
        throw new RangeError(`Not in the temporary folder: ${temporaryPath}`);
      }
      try {
        const isNew = !(await touch(target));
        if (isNew) {
          await syncNonEmptyFile(temporaryPath);
          await mkdir(dirname(target), { recursive: true });
          // Keys come from the content, so a parallel keep renames the same bytes over these.
          await rename(temporaryPath, target);
        } else {
          await rm(temporaryPath, { force: true });
        }
        // Also when it was there: a parallel keep may not have come this far, and a row follows now.
        await syncFolders(dirname(target), root);
        return isNew;
      } catch (error) {
        throw clearDiskError(error);
      }
    },

    async exists(key) {
      return isKey(key) && ((await disk.exists(key).catch(ignoreMissing)) ?? false);
    },

    async open(key) {
      if (!isKey(key)) throw new NotFound();
      try {
        const { contentLength } = await disk.getMetaData(key);
        const stream = await disk.getStream(key);
        // The local driver opens lazily: without waiting, a file just deleted fails after the headers.
        if (stream instanceof ReadStream) await once(stream, "open");
        return { stream, size: contentLength };
      } catch (error) {
        throw isMissing(error) ? new NotFound(undefined, { cause: error }) : error;
      }
    },

    async remove(key, { unlessKeptSince } = {}) {
      requireKey(key);
      if (unlessKeptSince) {
        const kept = await lastKept(disk, key);
        if (!kept || kept > unlessKeptSince) return;
      }
      await disk.delete(key);
    },

    async *listOlderThan(prefix, date) {
      for await (const key of walk(disk, requireKey(prefix))) {
        const kept = await lastKept(disk, key);
        if (kept && kept < date) yield key;
      }
    },

    async sweepTemporary(olderThan) {
      let removed = 0;
      for await (const entry of await opendir(temporaryFolder)) {
        const path = join(temporaryFolder, entry.name);
        const stats = await stat(path).catch(ignoreMissing);
        if (!stats?.isFile() || stats.mtime >= olderThan) continue;
        await rm(path, { force: true });
        removed++;
      }
      return removed;
    },

    async check({ storageId, hasRows }) {
      const marker = join(root, MARKER);
      const text = await readFile(marker, "utf8").catch(ignoreMissing);
      if (text?.includes(storageId)) return;
      if (text !== undefined) {
        throw new Error(
          `The image folder ${root} belongs to another database: set DATABASE_URL or DATA_DIR to the pair that belongs together.`,
        );
      }
      if (await hasRows()) {
        throw new Error(
          `The image folder ${root} lacks the file ${MARKER} although the database knows images: mount the right disk or restore the backup, and Magpie will start again.`,
        );
      }
      const temporary = join(temporaryFolder, `marker-${randomUUID()}`);
      await writeFile(temporary, `${MARKER_TEXT}${storageId}\n`, { flush: true });
      await rename(temporary, marker);
      await syncFolders(root, root);
    },
  };
}

/** A full disk in words that are safe to show; any other error as it is. */
export function clearDiskError(error: unknown): unknown {
  const code = codeOf(error);
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new Unavailable("Magpie's disk is full, so the picture was not saved.", { cause: error });
}

function isKey(key: string): boolean {
  return key.length <= 200 && KEY.test(key);
}

function requireKey(key: string): string {
  if (!isKey(key)) throw new RangeError(`Not a storage key: ${JSON.stringify(key)}`);
  return key;
}

/** Keeping again makes the file young, so a sweep that saw it old and without a row leaves it. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    (error) => ignoreMissing(error) ?? false,
  );
}

async function syncNonEmptyFile(path: string): Promise<void> {
  // Windows refuses to flush a handle that cannot write.
  const file = await open(path, "r+");
  try {
    if ((await file.stat()).size === 0) throw new Error(`An empty file is never kept: ${path}`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names durable from `folder` up to `top`, which may be new as well. */
async function syncFolders(folder: string, top: string): Promise<void> {
  // Windows cannot open a folder; NTFS journals the rename itself.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (folder !== top) await syncFolders(dirname(folder), top);
}

async function* walk(disk: Disk, prefix: string): AsyncGenerator<string> {
  let paginationToken: string | undefined;
  do {
    const page = await disk.listAll(prefix, paginationToken ? { paginationToken } : {});
    for (const entry of page.objects) {
      const key = entry.isFile ? entry.key : entry.prefix;
      // Network disks add folders of their own, such as @eaDir.
      if (!isKey(key)) continue;
      if (entry.isFile) yield key;
      else yield* walk(disk, key);
    }
    paginationToken = page.paginationToken;
  } while (paginationToken);
}

async function lastKept(disk: Disk, key: string): Promise<Date | undefined> {
  const metadata = await disk.getMetaData(key).catch(ignoreMissing);
  return metadata?.lastModified;
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException | null)?.code;
}

// flydrive wraps the file system's error, and calls the metadata of a folder a runtime exception.
const MISSING = new Set<unknown>(["ENOENT", "ENOTDIR", "E_RUNTIME_EXCEPTION"]);

function isMissing(error: unknown): boolean {
  return MISSING.has(codeOf(error)) || MISSING.has(codeOf((error as Error | null)?.cause));
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
