import { removePhotoQueue } from "#features/account/photos.jobs.ts";
import { refuseLastSuperuser } from "#features/account/refuse-last-superuser.ts";
import { forgetChangesOf } from "#features/admin/forget-changes.ts";
import { removeFilesQueue } from "#features/images/images.jobs.ts";
import { NotFound } from "#lib/errors.ts";
import { type Database, type Transaction, tryAgain } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import type { ViewCounters } from "#platform/view-counters.ts";
import { Prisma } from "#prisma/generated/client.ts";

export interface RemovePersonDeps {
  database: Database;
  jobs: Jobs;
  viewCounters: Pick<ViewCounters, "forget">;
}

/** Something came between reading what a person has and holding it. */
class CameBetween extends Error {}

const timeout = 60_000;

interface Removal {
  person: { id: number };
  /** Whoever removes somebody else: held with them, so that they are there to have done it. */
  actor?: { id: number };
  /** What else the transaction does, before the person goes; called again when it starts over. */
  alongside?: (tx: Transaction) => Promise<void>;
}

/**
 * Deletes a person with all that is theirs and all that was done to it, and moves the counters of
 * those who stay, in one transaction; jobs remove the files that nobody else uses.
 * @throws NotFound, and Conflict for the last superuser
 */
export async function removePerson(deps: RemovePersonDeps, removal: Removal): Promise<void> {
  const imageIds = await tryAgain(
    () => deps.database.$transaction((tx) => removeRows(tx, deps, removal), { timeout }),
    (error) => error instanceof CameBetween,
  );
  await deps.viewCounters.forget(imageIds);
}

/** Answers the ids of the images that went. */
async function removeRows(tx: Transaction, { jobs }: RemovePersonDeps, removal: Removal) {
  const { id } = removal.person;
  await refuseLastSuperuser(tx, id);
  await holdAll(tx, id, removal.actor?.id ?? id);
  await removal.alongside?.(tx);

  await tx.$executeRaw`
    update images set total_likes = greatest(total_likes - 1, 0)
    where id in (select image_id from likes where user_id = ${id}) and owner_id <> ${id}`;
  await tx.$executeRaw`
    update profiles set followers_count = greatest(followers_count - 1, 0)
    where user_id in (select to_id from contacts where from_id = ${id})`;
  await tx.$executeRaw`
    update profiles set following_count = greatest(following_count - 1, 0)
    where user_id in (select from_id from contacts where to_id = ${id})`;

  // One statement each, for a statement has ten seconds and somebody may have done a lot.
  await tx.$executeRaw`
    delete from actions where target_type = 'image'
      and target_id in (select id from images where owner_id = ${id})`;
  await tx.$executeRaw`delete from actions where target_type = 'user' and target_id = ${id}`;
  await tx.$executeRaw`delete from actions where user_id = ${id}`;
  await tx.$executeRaw`delete from likes where user_id = ${id}`;
  const images = await tx.$queryRaw<{ id: number; sha256: string }[]>`
    delete from images where owner_id = ${id} returning id, sha256`;
  await jobs.enqueueAll(
    tx,
    removeFilesQueue,
    images.map(({ sha256 }) => ({ sha256 })),
  );
  const profile = await tx.profile.findUnique({ where: { userId: id }, select: { photo: true } });
  if (profile?.photo) await jobs.enqueue(tx, removePhotoQueue, { photo: profile.photo });
  const imageIds = images.map((image) => image.id);
  await forgetChangesOf(tx, { personId: id, imageIds });
  await tx.user.delete({ where: { id } });
  return imageIds;
}

/**
 * Holds all that moves, in the order in which everybody does: images by id, then people by id, each
 * before their profile. Liking holds an image, then the key of whoever likes: the other way round
 * the two would wait for each other.
 */
async function holdAll(tx: Transaction, id: number, actorId: number): Promise<void> {
  const images = await tx.$queryRaw<{ id: number }[]>`
    select id from images
    where owner_id = ${id} or id in (select image_id from likes where user_id = ${id})
    order by id for update`;
  const contacts = await contactsOf(tx, id);
  const others = actorId === id ? contacts : [...contacts, actorId];
  await holdContacts(
    tx,
    others.filter((other) => other < id),
  );
  const held = await tx.$queryRaw<unknown[]>`
    select 1 from users where id = ${id} for update`;
  if (held.length === 0) throw new NotFound("This account is gone already.");
  await holdContacts(
    tx,
    others.filter((other) => other > id),
  );

  // From here on no row can name this person anew. To hold one that did since it was read is out of
  // order, which harms nobody who does not wait for it.
  const isHeld = new Set(images.map((image) => image.id));
  const imagesNow = await tx.$queryRaw<{ id: number }[]>`
    select id from images where owner_id = ${id}
    union select image_id from likes where user_id = ${id}`;
  const newImages = imagesNow.map((image) => image.id).filter((imageId) => !isHeld.has(imageId));
  const wereContacts = new Set(contacts);
  const newContacts = (await contactsOf(tx, id)).filter((other) => !wereContacts.has(other));
  const reached =
    (await tx.$executeRaw`
      select 1 from images where id = any(${newImages}::int[]) for update skip locked`) +
    (await holdContacts(tx, newContacts, { skipLocked: true }));
  if (reached < newImages.length + newContacts.length) throw new CameBetween();
}

async function contactsOf(tx: Transaction, id: number): Promise<number[]> {
  const rows = await tx.$queryRaw<{ id: number }[]>`
    select to_id as id from contacts where from_id = ${id}
    union select from_id from contacts where to_id = ${id}`;
  return rows.map((row) => row.id);
}

/** Also those who are deactivated, whose numbers count rows like everyone's. Answers how many. */
const holdContacts = (tx: Transaction, ids: number[], { skipLocked = false } = {}) =>
  tx.$executeRaw`
    select 1 from users u join profiles p on p.user_id = u.id
    where u.id = any(${ids}::int[]) order by u.id
    for key share of u ${skipped(skipLocked)} for no key update of p ${skipped(skipLocked)}`;

const skipped = (skipLocked: boolean) => (skipLocked ? Prisma.sql`skip locked` : Prisma.empty);
