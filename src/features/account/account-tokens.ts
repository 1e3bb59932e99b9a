import { createHash, randomBytes } from "node:crypto";
import type { Database, Transaction } from "#platform/database.ts";
import type { AccountTokenPurpose } from "#prisma/generated/enums.ts";

const hour = 3_600_000;
const lifetimes = { reset_password: hour, confirm_email: 72 * hour } as const;

/** Makes the one token of its kind a person has; the one before ends with it. */
export async function issueToken(
  tx: Transaction,
  {
    userId,
    purpose,
    email,
    now,
  }: { userId: number; purpose: AccountTokenPurpose; email: string; now: Date },
): Promise<string> {
  const { token, ...columns } = newToken(purpose, now);
  await tx.accountToken.upsert({
    where: { userId_purpose: { userId, purpose } },
    create: { userId, purpose, email, ...columns },
    update: { email, ...columns },
  });
  return token;
}

/** Another token for the address that waits to be confirmed, or null where none does any more. */
export async function renewToken(
  database: Database,
  { userId }: { userId: number },
  now: Date,
): Promise<{ to: string; token: string } | null> {
  const waiting = await database.accountToken.findFirst({
    where: { userId, purpose: "confirm_email", expiresAt: { gt: now }, user: { isActive: true } },
  });
  if (!waiting) return null;
  const { token, ...columns } = newToken("confirm_email", now);
  // A request that came in between is for another address and has a mail of its own.
  const { count } = await database.accountToken.updateMany({
    where: { tokenHash: waiting.tokenHash },
    data: columns,
  });
  return count === 1 ? { to: waiting.email, token } : null;
}

/** The token of a link, with its person, while it may be used; changes nothing. */
export async function findToken(
  tx: Transaction,
  { token, purpose, now }: { token: string; purpose: AccountTokenPurpose; now: Date },
) {
  const found = await tx.accountToken.findFirst({
    where: {
      tokenHash: hashOf(token),
      purpose,
      expiresAt: { gt: now },
      user: { isActive: true },
    },
    include: { user: { select: { id: true, username: true, email: true } } },
  });
  // Prisma reads the person by a second statement, and may find that they left meanwhile.
  return found?.user ? found : null;
}

/**
 * Uses a token up, with every other of its person: a password or an address that changed must not be
 * changed again by a mail sent before. Of several that try at once one succeeds.
 */
export async function useToken(
  tx: Transaction,
  { tokenHash, userId }: { tokenHash: string; userId: number },
): Promise<boolean> {
  // The person before what is theirs, as everybody holds them.
  await tx.$queryRaw`select 1 from users where id = ${userId} for no key update`;
  const { count } = await tx.accountToken.deleteMany({ where: { tokenHash } });
  if (count === 1) await endLinksOf(tx, { id: userId });
  return count === 1;
}

/** Ends every link that a person was mailed. */
export const endLinksOf = (tx: Transaction, { id }: { id: number }) =>
  tx.accountToken.deleteMany({ where: { userId: id } });

function newToken(purpose: AccountTokenPurpose, now: Date) {
  const token = randomBytes(32).toString("base64url");
  const expiresAt = new Date(now.getTime() + lifetimes[purpose]);
  return { token, tokenHash: hashOf(token), createdAt: now, expiresAt };
}

/** What is kept of a token: whoever reads the database cannot follow its link. */
export const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");
