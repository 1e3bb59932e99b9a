import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProcessedImage } from "#platform/image-processor.ts";
import { clearDiskError } from "#platform/storage.ts";

const minute = 60_000;
const lifetime = 10 * minute;

/** A picture that was fetched or sent and is not saved yet: its files wait ten minutes for that. */
export interface IncomingPicture {
  id: string;
  personId: number;
  /** Null for a file that a person sent. */
  sourceUrl: string | null;
  /** Of the original bytes. */
  path: string;
  image: ProcessedImage;
  receivedAt: number;
}

/** On disk rather than in memory, so that every process of this machine finds them. */
export interface IncomingPictures {
  find(id: string, personId: number): Promise<IncomingPicture | null>;
  /** Takes over the files. Answers what waits already where one from the same address does. */
  add(picture: Omit<IncomingPicture, "id" | "receivedAt">): Promise<IncomingPicture>;
  /** Removes what is left of it; files that were moved away are not missed. */
  discard(picture: IncomingPicture): Promise<void>;
  idOf(personId: number, url: string): string;
}

const bigIntAsText = (_key: string, value: unknown) =>
  typeof value === "bigint" ? String(value) : value;

async function removeFiles({ path, image }: IncomingPicture): Promise<void> {
  const files = [path, ...image.thumbnails.map((thumbnail) => thumbnail.path)];
  await Promise.all(files.map((file) => rm(file, { force: true })));
}

export function createIncomingPictures(folder: string, clock: () => Date): IncomingPictures {
  const noteOf = (id: string) => join(folder, `incoming-${id}.json`);
  let sweptAt = 0;

  async function read(id: string): Promise<IncomingPicture | null> {
    if (!/^[0-9a-f-]{36,64}$/.test(id)) return null;
    const note = await readFile(noteOf(id), "utf8").catch(() => null);
    if (note === null) return null;
    const picture: IncomingPicture = JSON.parse(note);
    picture.image.perceptualHash = BigInt(picture.image.perceptualHash);
    return picture;
  }

  async function discard(picture: IncomingPicture): Promise<void> {
    await rm(noteOf(picture.id), { force: true });
    await removeFiles(picture);
  }

  const isExpired = (picture: IncomingPicture) => clock().getTime() - picture.receivedAt > lifetime;

  async function sweep(): Promise<void> {
    if (clock().getTime() - sweptAt < minute) return;
    sweptAt = clock().getTime();
    for (const name of await readdir(folder)) {
      const id = /^incoming-(.+)\.json$/.exec(name)?.[1];
      const picture = id ? await read(id) : null;
      if (picture && isExpired(picture)) await discard(picture);
    }
  }

  return {
    idOf: (personId, url) => createHash("sha256").update(`${personId} ${url}`).digest("hex"),
    find: async (id, personId) => {
      const picture = await read(id);
      return picture && picture.personId === personId && !isExpired(picture) ? picture : null;
    },
    async add(values) {
      await sweep();
      const { personId, sourceUrl } = values;
      const id = sourceUrl === null ? randomUUID() : this.idOf(personId, sourceUrl);
      const picture: IncomingPicture = { ...values, id, receivedAt: clock().getTime() };
      const before = await read(id);
      // Another process fetched the same meanwhile, and may be saving those very files.
      if (before && !isExpired(before)) {
        await removeFiles(picture);
        return before;
      }
      if (before) await discard(before);
      // Written beside and renamed: a reader never finds half a note.
      const draft = `${noteOf(id)}.${randomUUID()}`;
      try {
        await writeFile(draft, JSON.stringify(picture, bigIntAsText));
        await rename(draft, noteOf(id));
      } catch (error) {
        await rm(draft, { force: true });
        await removeFiles(picture);
        throw clearDiskError(error);
      }
      return picture;
    },
    discard,
  };
}
