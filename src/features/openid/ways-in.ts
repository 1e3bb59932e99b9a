import { Conflict } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";

/** This site's provider as it is now; null without one. */
export type Provider = { issuer: string } | null;

/** As the provider writes itself, and as the operator wrote it: with or without a last slash. */
export const isAt = (provider: Provider, { issuer }: { issuer: string }): boolean =>
  provider !== null && new URL(issuer).href === new URL(provider.issuer).href;

/**
 * Stands behind whatever takes a way to sign in away, in its transaction, with the person held: who
 * removes their last passkey while they disconnect would lose both.
 * @throws Conflict when nothing signs them in any more
 */
export async function requireWayIn(
  tx: Transaction,
  { openid }: { openid: Provider },
  { userId }: { userId: number },
): Promise<void> {
  const { passwordHash, identities, _count } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: {
      passwordHash: true,
      identities: { select: { issuer: true } },
      _count: { select: { passkeys: true } },
    },
  });
  if (passwordHash !== null || _count.passkeys > 0) return;
  if (identities.some((identity) => isAt(openid, identity))) return;
  throw new Conflict(
    "last_way_in",
    "This is the only way you sign in. Set a password first, then try again.",
  );
}
