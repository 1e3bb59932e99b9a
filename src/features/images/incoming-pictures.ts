import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProcessedImage } from "#platform/image-processor.ts";
import { clearDiskError } from "#platform/storage.ts";

const minute = 60_000;
const lifetime = 10 * minute;
const grace = 5 * minute;
const mostWaiting = 30;

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
  const noteOf = (personId: number, id: string) => join(folder, `incoming-${personId}-${id}.json`);
  let sweptAt = 0;

  async function read(note: string): Promise<IncomingPicture | null> {
    try {
      const picture: IncomingPicture = JSON.parse(await readFile(note, "utf8"));
      picture.image.perceptualHash = BigInt(picture.image.perceptualHash);
      return picture;
    } catch {
      // Not there, or cut short by a power failure: either way nothing waits.
      return null;
    }
  }

  async function discard(picture: IncomingPicture): Promise<void> {
    await rm(noteOf(picture.personId, picture.id), { force: true });
    await removeFiles(picture);
  }

  const age = (picture: IncomingPicture) => clock().getTime() - picture.receivedAt;

  /** Some minutes late, so that a save that began in time still finds its files. */
  async function sweep(): Promise<void> {
    if (clock().getTime() - sweptAt < minute) return;
    sweptAt = clock().getTime();
    for (const note of await notes("")) {
      const picture = await read(note);
      if (!picture) await rm(note, { force: true });
      else if (age(picture) > lifetime + grace) await discard(picture);
    }
  }

  /** What one person has waiting is bounded, or ten minutes of previews could fill the disk. */
  async function makeRoom(personId: number): Promise<void> {
    const own = await notes(`${personId}-`);
    if (own.length < mostWaiting) return;
    const pictures = (await Promise.all(own.map(read))).filter((picture) => picture !== null);
    // One that just came may be on its way to being saved.
    const oldest = pictures
      .filter((picture) => age(picture) > minute)
      .toSorted((a, b) => a.receivedAt - b.receivedAt);
    for (const picture of oldest.slice(0, own.length - mostWaiting + 1)) await discard(picture);
  }

  async function notes(prefix: string): Promise<string[]> {
    const names = await readdir(folder);
    return names
      .filter((name) => name.startsWith(`incoming-${prefix}`) && name.endsWith(".json"))
      .map((name) => join(folder, name));
  }

  return {
    idOf: (personId, url) => createHash("sha256").update(`${personId} ${url}`).digest("hex"),
    find: async (id, personId) => {
      if (!/^[0-9a-f-]{36,64}$/.test(id)) return null;
      const picture = await read(noteOf(personId, id));
      return picture && age(picture) <= lifetime ? picture : null;
    },
    async add(values) {
      await sweep();
      const { personId, sourceUrl } = values;
      const id = sourceUrl === null ? randomUUID() : this.idOf(personId, sourceUrl);
      const picture: IncomingPicture = { ...values, id, receivedAt: clock().getTime() };
      const note = noteOf(personId, id);
      const before = await read(note);
      // Another process fetched the same meanwhile, and may be saving those very files.
      if (before && age(before) <= lifetime) {
        await removeFiles(picture);
        return before;
      }
      if (before) await discard(before);
      await makeRoom(personId);
      // Written beside and renamed: a reader never finds half a note.
      const draft = `${note}.${randomUUID()}`;
      try {
        await writeFile(draft, JSON.stringify(picture, bigIntAsText));
        await rename(draft, note);
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
