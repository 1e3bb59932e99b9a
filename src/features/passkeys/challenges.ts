import { Invalid, TooManyRequests } from "#lib/errors.ts";
import type { RateLimits } from "#platform/rate-limits.ts";
import type { PasskeyChallenge } from "#web/types.ts";

/** A visitor's, with what was given out, the newest first. */
interface Session {
  passkeyChallenges?: PasskeyChallenge[];
}

type Given = Pick<PasskeyChallenge, "value" | "purpose">;

export const challengeMilliseconds = 5 * 60_000;
/** Somebody may have the sign-in page open in several tabs, each waiting with its own. */
const mostChallenges = 5;

/** Notes a challenge that was given out to a visitor. */
export function keepChallenge(
  { clock }: { clock: () => Date },
  { session, value, purpose }: Given & { session: Session },
): void {
  const challenge = { value, purpose, since: clock().getTime() };
  const before = session.passkeyChallenges ?? [];
  session.passkeyChallenges = [challenge, ...before].slice(0, mostChallenges);
}

/**
 * Uses up the challenge that an answer names, whether or not the answer proves right.
 * @throws Invalid for `credential` when it was not given to this visitor, or is used or old
 */
export async function takeChallenge(
  { clock, limits }: { clock: () => Date; limits: RateLimits },
  { session, value, purpose }: Given & { session: Session },
): Promise<void> {
  const kept = session.passkeyChallenges ?? [];
  const found = kept.find((each) => each.value === value && each.purpose === purpose);
  session.passkeyChallenges = kept.filter((each) => each !== found);
  if (!found || clock().getTime() - found.since >= challengeMilliseconds) throw tooLate();
  try {
    // Two requests at once both read a session that has it; the store counts one first.
    await limits.passkeyChallenges.take(value);
  } catch (error) {
    throw error instanceof TooManyRequests ? tooLate(error) : error;
  }
}

const tooLate = (cause?: unknown) =>
  new Invalid({ credential: "That took too long, or was sent twice. Try again." }, "invalid", {
    cause,
  });
