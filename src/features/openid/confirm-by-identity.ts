import { noteConfirmation } from "#features/account/confirm-identity.ts";
import { recognisePerson } from "#features/openid/recognise-person.ts";
import { Forbidden } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import type { OpenidIdentity } from "#platform/openid-identity.ts";

/** Two clocks, one of which counts whole seconds. */
const skewMilliseconds = 60_000;

/**
 * Notes that a signed-in person has proved at the provider, since they set out, who they are.
 * @throws Forbidden for somebody else, and where the provider did not ask again or does not say so
 */
export async function confirmByIdentity(
  deps: { database: Database; clock: () => Date },
  request: {
    actor: { id: number; sessionId: string };
    identity: OpenidIdentity;
    authenticatedAt: Date | null;
    since: number;
  },
): Promise<void> {
  const { actor, identity, authenticatedAt, since } = request;
  const person = await recognisePerson(deps, { identity });
  if (person?.id !== actor.id) {
    throw new Forbidden("other_identity", "That is not the account that yours is connected to.");
  }
  // Providers may pass over the wish to be asked again, and answer for a sign-in of last week.
  if (!authenticatedAt || authenticatedAt.getTime() < since - skewMilliseconds) {
    throw new Forbidden(
      "not_asked_again",
      "You were not asked there who you are. Confirm it in another way.",
    );
  }
  await noteConfirmation(deps, actor);
}
