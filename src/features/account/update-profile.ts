import { requestEmailChange } from "#features/account/change-email.ts";
import { holdActor } from "#features/account/hold-actor.ts";
import { keepPhoto, type PhotoDeps } from "#features/account/keep-photo.ts";
import { removePhotoQueue } from "#features/account/photos.jobs.ts";
import { isSameAddress, type ProfileInput } from "#features/account/settings.schemas.ts";
import { NotFound } from "#lib/errors.ts";
import type { Database, Transaction } from "#platform/database.ts";
import type { SquaredImage } from "#platform/image-processor.ts";
import type { Jobs } from "#platform/jobs.ts";

export interface UpdateProfileDeps extends PhotoDeps {
  database: Database;
  jobs: Jobs;
  clock: () => Date;
}

interface ProfileChange {
  actor: { id: number; sessionId: string };
  input: Omit<ProfileInput, "currentPassword" | "removePhoto" | "email"> & {
    /** Another one, for which the password was asked; null for none. */
    email: string | null;
  };
  /** A new one, null for none from now on, undefined for what is there. */
  photo: SquaredImage | null | undefined;
}

/**
 * Saves the user's and the profile's fields in one transaction. A new address is asked whether it
 * is theirs, and counts once that is said.
 * @throws Forbidden when they were signed out meanwhile
 */
export async function updateProfile(
  deps: UpdateProfileDeps,
  { photo, ...change }: ProfileChange,
): Promise<{ isAddressAsked: boolean }> {
  const write = (key: string | null | undefined) =>
    deps.database.$transaction((tx) => writeRows(tx, deps, { ...change, photo: key }));
  return photo ? keepPhoto(deps, photo, write) : write(photo);
}

async function writeRows(
  tx: Transaction,
  deps: UpdateProfileDeps,
  { actor, input, photo }: Omit<ProfileChange, "photo"> & { photo: string | null | undefined },
): Promise<{ isAddressAsked: boolean }> {
  const { email, dateOfBirth, bio, ...names } = input;
  await holdActor(tx, actor);
  // Whoever saves twice at once sees in the second what the first wrote.
  const [before] = await tx.$queryRaw<{ email: string; photo: string | null }[]>`
    select u.email::text, p.photo from users u join profiles p on p.user_id = u.id
    where u.id = ${actor.id} for no key update of p`;
  if (!before) throw new NotFound();
  await tx.user.update({ where: { id: actor.id }, data: names });
  await writeProfile(tx, deps, { person: actor, before, input: { dateOfBirth, bio }, photo });
  if (email === null || isSameAddress(email, before.email)) return { isAddressAsked: false };
  await requestEmailChange(tx, deps, { person: actor, email, now: deps.clock() });
  return { isAddressAsked: true };
}

/**
 * Writes a profile that the transaction holds; a job removes the photo that is shown no more.
 * @param change `photo` is undefined for the one that is there
 */
export async function writeProfile(
  tx: Transaction,
  { jobs }: { jobs: Jobs },
  change: {
    person: { id: number };
    before: { photo: string | null };
    input: Pick<ProfileInput, "dateOfBirth" | "bio">;
    photo: string | null | undefined;
  },
): Promise<void> {
  const { person, before, input, photo } = change;
  const data = { ...input, ...(photo === undefined ? {} : { photo }) };
  await tx.profile.update({ where: { userId: person.id }, data });
  if (before.photo !== null && photo !== undefined && photo !== before.photo) {
    await jobs.enqueue(tx, removePhotoQueue, { photo: before.photo });
  }
}
