import { randomUUID } from "node:crypto";
import { WrongCredentials } from "#features/account/verify-credentials.ts";
import { Invalid } from "#lib/errors.ts";
import type { Database, Transaction } from "#platform/database.ts";

interface NewSession {
  personId: number;
  userAgent: string;
  isKept: boolean;
  /** Of the password that was verified; undefined where none was asked for. */
  verifiedHash?: string | null | undefined;
  /** Whether this person had none when that was looked up. */
  isWithoutSecondStep: boolean;
}

/**
 * Notes a sign-in on a device and answers its id; the session lasts while that row does.
 * @throws Invalid as for wrong credentials when the password was changed since it was verified, or the
 * person deactivated, and Invalid when they turned the second step on
 */
export async function startSession(
  deps: { database: Database; clock: () => Date },
  { personId, userAgent, isKept, verifiedHash, isWithoutSecondStep }: NewSession,
): Promise<string> {
  const id = randomUUID();
  const now = deps.clock();
  await deps.database.$transaction(async (tx) => {
    // Whoever changes the password writes this row first and ends sessions then: either this finds
    // the new one, or that change finds this session.
    const { count } = await tx.user.updateMany({
      where: {
        id: personId,
        isActive: true,
        ...(verifiedHash === undefined ? {} : { passwordHash: verifiedHash }),
      },
      data: { lastSignInAt: now },
    });
    if (count === 0) throw new WrongCredentials();
    if (isWithoutSecondStep) await refuseSecondStepOf(tx, personId);
    await tx.session.create({
      data: {
        id,
        userId: personId,
        userAgent: userAgent.slice(0, 400),
        isKept,
        createdAt: now,
        lastSeenAt: now,
        confirmedAt: now,
      },
    });
  });
  return id;
}

/** Whoever turns it on holds the same row: the sign-in comes before, as if a moment earlier, or not at all. */
async function refuseSecondStepOf(tx: Transaction, userId: number): Promise<void> {
  const where = { userId };
  const factors = (await tx.authenticator.count({ where })) + (await tx.passkey.count({ where }));
  if (factors === 0) return;
  const sentence = "Two-step sign-in was turned on just now. Sign in once more.";
  throw new Invalid({ username: sentence }, "second_step_on");
}

export async function endSession(
  deps: { database: Database },
  { id }: { id: string },
): Promise<void> {
  await deps.database.session.deleteMany({ where: { id } });
}
