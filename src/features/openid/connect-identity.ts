import { type Actor, holdActor } from "#features/account/hold-actor.ts";
import { enqueueMail } from "#features/account/send-mail.ts";
import { labelOf } from "#features/openid/openid.schemas.ts";
import { type Provider, requireWayIn } from "#features/openid/ways-in.ts";
import { Conflict } from "#lib/errors.ts";
import type { Database, Transaction } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import type { OpenidIdentity } from "#platform/openid-identity.ts";
import { Prisma } from "#prisma/generated/client.ts";

interface ConnectDeps {
  database: Database;
  jobs: Jobs;
  clock: () => Date;
}

/**
 * Lets a person sign in by this identity from now on, and tells them by mail; once more is no change.
 * @throws Conflict when it is somebody else's, or they have another at this provider
 */
export async function connectIdentity(
  deps: ConnectDeps,
  { actor, identity }: { actor: Actor; identity: OpenidIdentity },
): Promise<void> {
  const { issuer, subject } = identity;
  try {
    await deps.database.$transaction(async (tx) => {
      await holdActor(tx, actor);
      const known = await tx.oidcIdentity.findMany({
        where: { issuer, OR: [{ subject }, { userId: actor.id }] },
      });
      if (known.some((each) => each.userId === actor.id && each.subject === subject)) return;
      if (known.some((each) => each.subject === subject)) throw identityTaken();
      if (known.length > 0) {
        throw new Conflict(
          "connected_already",
          "Your account is connected to another one there. Disconnect that first.",
        );
      }
      await insertIdentity(tx, { userId: actor.id, identity, now: deps.clock() });
      await enqueueMail(tx, deps, { template: "identity-connected", userId: actor.id });
    });
  } catch (error) {
    throw isUniqueViolation(error) ? identityTaken() : error;
  }
}

/**
 * Ends that, and tells them by mail; answers whether there was anything to end.
 * @throws Conflict when they would have no way in left
 */
export async function disconnectIdentity(
  deps: ConnectDeps & { openid: Provider },
  { actor, issuer }: { actor: Actor; issuer: string },
): Promise<boolean> {
  return deps.database.$transaction(async (tx) => {
    const userId = actor.id;
    await holdActor(tx, actor);
    const { count } = await tx.oidcIdentity.deleteMany({ where: { userId, issuer } });
    if (count === 0) return false;
    await requireWayIn(tx, deps, { userId });
    await enqueueMail(tx, deps, { template: "identity-disconnected", userId });
    return true;
  });
}

/** The same for all of a person's, in the transaction that is the reason, with the person held. */
export async function disconnectIdentitiesOf(
  tx: Transaction,
  deps: { jobs: Jobs },
  { userId }: { userId: number },
): Promise<void> {
  const { count } = await tx.oidcIdentity.deleteMany({ where: { userId } });
  if (count > 0) await enqueueMail(tx, deps, { template: "identity-disconnected", userId });
}

/** @throws what Prisma throws when the identity is somebody's */
export async function insertIdentity(
  tx: Transaction,
  { userId, identity, now }: { userId: number; identity: OpenidIdentity; now: Date },
): Promise<void> {
  const { issuer, subject } = identity;
  await tx.oidcIdentity.create({
    data: { issuer, subject, userId, label: labelOf(identity), createdAt: now, lastUsedAt: now },
  });
}

const identityTaken = () =>
  new Conflict(
    "identity_taken",
    "Another account here signs in by that one. If that is yours, too, disconnect it there first. Otherwise use another one.",
  );

const isUniqueViolation = (error: unknown) =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
