import { Readable } from "node:stream";
import {
  type ExportedImage,
  readConnections,
  readContacts,
  readImages,
  readLikes,
  readPasskeys,
  readPerson,
  readSessions,
} from "#features/account/export-data.queries.ts";
import { photoKey } from "#features/images/storage-keys.ts";
import { NotFound } from "#lib/errors.ts";
import type { Sql } from "#platform/sql.ts";
import type { Storage } from "#platform/storage.ts";
import { type ZipEntry, zip } from "#platform/zip.ts";

interface ExportDeps {
  sql: Sql;
  storage: Pick<Storage, "open">;
  clock: () => Date;
}

/** All that a person has here, as the bytes of a ZIP archive, made while they are read. */
export const exportData = (
  deps: ExportDeps,
  { person }: { person: { id: number; photo: string | null } },
): Readable => zip(entriesOf(deps, person));

async function* entriesOf(
  deps: ExportDeps,
  person: { id: number; photo: string | null },
): AsyncGenerator<ZipEntry> {
  const entry = (name: string, content: Readable): ZipEntry => ({
    name,
    modifiedAt: deps.clock(),
    content,
    compress: true,
  });
  const json = (name: string, rows: AsyncIterable<object>) =>
    entry(name, Readable.from(jsonOf(rows), { objectMode: false }));
  const profile = `${JSON.stringify(await readPerson(deps, person), null, 2)}\n`;
  yield entry("profile.json", Readable.from([Buffer.from(profile)], { objectMode: false }));
  yield json("images.json", described(readImages(deps, person)));
  yield json("likes.json", liked(readLikes(deps, person)));
  yield json("following.json", followed(readContacts(deps, { ...person, list: "following" })));
  yield json("followers.json", followed(readContacts(deps, { ...person, list: "followers" })));
  yield json("sessions.json", each(await readSessions(deps, person)));
  yield json("passkeys.json", each(await readPasskeys(deps, person)));
  yield json("connections.json", each(await readConnections(deps, person)));
  if (person.photo) {
    yield* stored(deps, photoKey(person.photo, 320), "photo.webp", deps.clock());
  }
  for await (const image of readImages(deps, person)) {
    yield* stored(deps, image.storageKey, fileOf(image), image.createdAt);
  }
}

const fileOf = ({ id, slug, storageKey }: ExportedImage): string =>
  `pictures/${id}-${slug}${storageKey.slice(storageKey.lastIndexOf("."))}`;

/** One that was deleted since its row was read is left out. */
async function* stored(
  { storage }: ExportDeps,
  key: string,
  name: string,
  modifiedAt: Date,
): AsyncGenerator<ZipEntry> {
  try {
    const { stream } = await storage.open(key);
    yield { name, modifiedAt, content: stream, compress: false };
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
}

async function* described(images: AsyncIterable<ExportedImage>) {
  for await (const { storageKey, ...image } of images) {
    yield { ...image, file: fileOf({ ...image, storageKey }) };
  }
}

async function* liked(likes: ReturnType<typeof readLikes>) {
  for await (const { id, title, slug, createdAt } of likes) {
    yield { title, path: `/images/${id}/${slug}`, likedAt: createdAt };
  }
}

async function* followed(people: ReturnType<typeof readContacts>) {
  for await (const { username, createdAt } of people) yield { username, since: createdAt };
}

async function* each<T>(rows: T[]) {
  yield* rows;
}

async function* jsonOf(rows: AsyncIterable<object>): AsyncGenerator<Buffer> {
  let separator = "[\n";
  for await (const row of rows) {
    yield Buffer.from(`${separator}${JSON.stringify(row)}`);
    separator = ",\n";
  }
  yield Buffer.from(separator === "[\n" ? "[]\n" : "\n]\n");
}
