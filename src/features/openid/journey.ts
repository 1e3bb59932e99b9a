import type { OpenidJourney, OpenidNewcomer } from "#web/types.ts";

const minute = 60_000;
/** Long enough to find a password and a phone. */
const journeyMilliseconds = 10 * minute;
const newcomerMilliseconds = 30 * minute;

/** The parts of a session that hold what somebody has under way. */
interface Luggage {
  openidJourney?: OpenidJourney;
  openidNewcomer?: OpenidNewcomer;
}

/**
 * What somebody set out for who comes back with this state; once. A state that is not theirs leaves
 * it alone: any site can send their browser here.
 */
export function takeJourney(
  session: Luggage,
  { state, now }: { state: string | undefined; now: Date },
): OpenidJourney | null {
  const journey = session.openidJourney;
  if (!journey || journey.state !== state) return null;
  delete session.openidJourney;
  return now.getTime() - journey.since <= journeyMilliseconds ? journey : null;
}

/** Who is choosing a username here. */
export function findNewcomer(session: Luggage, { now }: { now: Date }): OpenidNewcomer | null {
  const newcomer = session.openidNewcomer;
  if (!newcomer) return null;
  if (now.getTime() - newcomer.since <= newcomerMilliseconds) return newcomer;
  delete session.openidNewcomer;
  return null;
}
