import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createPerson } from "#features/account/register-person.ts";
import { type RemovePersonDeps, removePerson } from "#features/account/remove-person.ts";
import { type BookmarkImageDeps, bookmarkImage } from "#features/images/bookmark-image.ts";
import { likeImage } from "#features/images/like-image.ts";
import { followPerson } from "#features/users/follow-person.ts";
import type { ImageProcessor } from "#platform/image-processor.ts";
import type { ViewCounters } from "#platform/view-counters.ts";
import { type DemoPicture, demoPictures } from "#prisma/demo/collection.ts";
import { drawDemoPictures } from "#prisma/demo/draw-demo-pictures.ts";
import { demoPeople } from "#prisma/demo/people.ts";

export interface DemoDeps extends BookmarkImageDeps, RemovePersonDeps {
  imageProcessor: ImageProcessor;
  temporaryFolder: string;
  viewCounters: Pick<ViewCounters, "count" | "flush" | "forget">;
}

const day = 86_400_000;
type Ids = ReadonlyMap<string, number>;

/** A small lively site, made through the same abilities that people use, at dates of the last months. */
export async function seedDemo(deps: DemoDeps): Promise<void> {
  const folder = await mkdtemp(join(deps.temporaryFolder, "demo-"));
  try {
    const [people] = await Promise.all([joinPeople(deps), drawDemoPictures(folder)]);
    await followEachOther(deps, people);
    // Decoding takes the time; rows are written oldest first, so that ids follow dates.
    const decoded = demoPictures.map((picture) => {
      const path = join(folder, picture.fileName);
      return { picture, path, image: deps.imageProcessor.process(path, deps.temporaryFolder) };
    });
    for (const { picture, path, image } of decoded.toSorted(
      (a, b) => b.picture.daysAgo - a.picture.daysAgo,
    )) {
      const id = await savePicture(deps, people, picture, { path, image: await image });
      lookAt(deps, picture, id);
    }
    await deps.viewCounters.flush();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what an interrupted start left of the demo. */
export async function forgetDemo(deps: DemoDeps): Promise<void> {
  const usernames = demoPeople.map((person) => person.username);
  const people = await deps.database.user.findMany({
    where: { username: { in: usernames }, email: { endsWith: "@example.org" } },
    select: { id: true },
  });
  for (const person of people) await removePerson(deps, { person });
}

const idOf = (people: Ids, username: string): number => {
  const id = people.get(username);
  if (id === undefined) throw new Error(`The demo names "${username}", who is not in it.`);
  return id;
};

async function joinPeople(deps: DemoDeps): Promise<Ids> {
  const joined = deps.clock().getTime() - 120 * day;
  const ids = new Map<string, number>();
  for (const [index, { follows: _, dateOfBirth, bio, ...person }] of demoPeople.entries()) {
    const clock = () => new Date(joined + index * day);
    // Nobody signs in as them: the password is forgotten at once.
    const password = randomBytes(24).toString("base64url");
    const { id } = await createPerson({ ...deps, clock }, { ...person, password });
    await deps.database.profile.update({
      where: { userId: id },
      data: { bio, dateOfBirth: new Date(dateOfBirth) },
    });
    ids.set(person.username, id);
  }
  return ids;
}

async function followEachOther(deps: DemoDeps, people: Ids): Promise<void> {
  const start = deps.clock().getTime() - 100 * day;
  const contacts = demoPeople.flatMap(({ username, follows }) =>
    follows.map((followed) => ({ follower: username, followed })),
  );
  for (const [index, { follower, followed }] of contacts.entries()) {
    await followPerson(
      { ...deps, clock: () => new Date(start + index * day * 0.7) },
      { actor: { id: idOf(people, follower) }, person: { id: idOf(people, followed) } },
    );
  }
}

async function savePicture(
  deps: DemoDeps,
  people: Ids,
  picture: DemoPicture,
  file: { path: string; image: Awaited<ReturnType<ImageProcessor["process"]>> },
): Promise<number> {
  const savedAt = deps.clock().getTime() - picture.daysAgo * day;
  const actor = { id: idOf(people, picture.savedBy) };
  const { title, description, pageUrl: page, sourceUrl, likedBy } = picture;
  const incoming = await deps.incoming.add({ personId: actor.id, sourceUrl, ...file });
  const saved = await bookmarkImage(
    { ...deps, clock: () => new Date(savedAt) },
    { actor, input: { title, description, page }, picture: incoming },
  );
  for (const username of likedBy) {
    const likedAt = visitAfter(savedAt, username, deps.clock().getTime());
    if (likedAt === null) continue;
    await likeImage(
      { ...deps, clock: () => new Date(likedAt) },
      { actor: { id: idOf(people, username) }, image: { id: saved.id } },
    );
  }
  return saved.id;
}

/** Strangers look at what people like, most of them lately. */
function lookAt({ viewCounters, clock }: DemoDeps, picture: DemoPicture, imageId: number): void {
  const now = clock().getTime();
  const views = 5 + picture.title.length + picture.likedBy.length * 11;
  for (let index = 0; index < views; index += 1) {
    const daysAgo = picture.daysAgo * ((index + 0.5) / views) ** 3;
    viewCounters.count({ imageId, visitor: `demo:${index}`, at: new Date(now - daysAgo * day) });
  }
}

/** When somebody looks in next: each comes twice a week at an hour of their own, and likes what is new. */
function visitAfter(savedAt: number, username: string, now: number): number | null {
  const between = 3.5 * day;
  const place = demoPeople.findIndex((person) => person.username === username);
  const first = now - 400 * day + ((place + 0.9) / demoPeople.length) * between;
  const visit = first + Math.ceil((savedAt - first) / between) * between;
  // One picture after another, the oldest first.
  const likedAt = visit + 60_000 * (8 - (5 * (visit - savedAt)) / between);
  return likedAt < now ? likedAt : null;
}
