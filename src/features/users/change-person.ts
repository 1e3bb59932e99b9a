import { endLinksOf } from "#features/account/account-tokens.ts";
import { requestConfirmation } from "#features/account/confirm-email.ts";
import { endSessionsOf } from "#features/account/end-sessions.ts";
import { insertPerson, isUniqueViolation } from "#features/account/register-person.ts";
import { enqueueMail } from "#features/account/send-mail.ts";
import { isSameAddress, type ProfileInput } from "#features/account/settings.schemas.ts";
import { writeProfile } from "#features/account/update-profile.ts";
import { Invalid } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";

/** What an administrator may change of an account; a person themselves does so in their settings. */
export interface AccountInput {
  username: string;
  email: string;
  firstName: string;
  lastName: string;
  /** Of the address they have; a new one is asked by mail whether it is theirs. */
  isEmailConfirmed: boolean;
  /** Undefined for the password they have. */
  passwordHash?: string | undefined;
}

export interface ProfileChange extends Pick<ProfileInput, "dateOfBirth" | "bio"> {
  keepsPhoto: boolean;
}

/**
 * Makes an account in a transaction of the caller's, as joining does.
 * @throws Invalid for a username or an address that is taken
 */
export async function addPerson(
  tx: Transaction,
  deps: { jobs: Jobs },
  { input, now }: { input: AccountInput & { passwordHash: string }; now: Date },
): Promise<{ id: number }> {
  const { isEmailConfirmed, ...columns } = input;
  await refuseTaken(tx, input, null);
  const { id } = await insertPerson(tx, columns, now).catch(besideTaken);
  if (isEmailConfirmed) {
    await tx.user.update({ where: { id }, data: { emailConfirmedAt: now } });
  } else {
    await requestConfirmation(tx, deps, { userId: id, email: input.email, now });
  }
  return { id };
}

/**
 * Changes an account in a transaction that holds it. A new address counts at once and is asked whether
 * it is theirs; a new password ends their sessions and every link that was mailed before.
 * @throws Invalid for a username or an address that is taken
 */
export async function changePerson(
  tx: Transaction,
  deps: { jobs: Jobs },
  { person: { id }, input, now }: { person: { id: number }; input: AccountInput; now: Date },
): Promise<void> {
  const { isEmailConfirmed, passwordHash, ...columns } = input;
  await refuseTaken(tx, input, { id });
  const before = await tx.user.findUniqueOrThrow({ where: { id } });
  const isNewAddress = !isSameAddress(before.email, input.email);
  const isConfirmed = isEmailConfirmed && !isNewAddress;
  const data = {
    ...columns,
    ...(passwordHash === undefined ? {} : { passwordHash }),
    emailConfirmedAt: isConfirmed ? (before.emailConfirmedAt ?? now) : null,
  };
  await tx.user.update({ where: { id }, data }).catch(besideTaken);
  if (passwordHash !== undefined) await endSessionsOf(tx, { id });
  if (passwordHash !== undefined || isNewAddress) await endLinksOf(tx, { id });
  if (isNewAddress) {
    await requestConfirmation(tx, deps, { userId: id, email: input.email, now });
    await enqueueMail(tx, deps, { template: "email-changed", userId: id, to: before.email });
  }
}

async function refuseTaken(
  tx: Transaction,
  input: { username: string; email: string },
  person: { id: number } | null,
): Promise<void> {
  const fields = await findTaken(tx, input, person);
  const [code] = Object.keys(fields);
  if (code) throw new Invalid(fields, `${code}_taken`);
}

/** Sentences beside a username and an address that somebody else has. */
export async function findTaken(
  tx: Transaction,
  { username, email }: { username: string; email: string },
  person: { id: number } | null,
): Promise<Record<string, string>> {
  const select = { id: true };
  const sameName = await tx.user.findUnique({ where: { username }, select });
  const sameAddress = await tx.user.findUnique({ where: { email }, select });
  const fields: Record<string, string> = {};
  const isOthers = (found: { id: number } | null) => found !== null && found.id !== person?.id;
  if (isOthers(sameName)) fields["username"] = "Somebody else has this username.";
  if (isOthers(sameAddress)) fields["email"] = "Another account has this address.";
  return fields;
}

/** Whoever came to have it since that was asked. */
function besideTaken(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  const fields = { username: "Somebody took this username, or this address, just now." };
  throw new Invalid(fields, "taken_meanwhile", { cause: error });
}

/** Changes what a person tells of themselves, in a transaction that holds them. */
export async function changeProfile(
  tx: Transaction,
  deps: { jobs: Jobs },
  { person, input }: { person: { id: number }; input: ProfileChange },
): Promise<void> {
  const { keepsPhoto, ...fields } = input;
  const before = await tx.profile.findUniqueOrThrow({ where: { userId: person.id } });
  const photo = keepsPhoto ? undefined : null;
  await writeProfile(tx, deps, { person, before, input: fields, photo });
}
