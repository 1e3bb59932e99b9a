import { noteConfirmation } from "#features/account/confirm-identity.ts";
import { hasPassword } from "#features/account/settings.queries.ts";
import { verifyCredentials } from "#features/account/verify-credentials.ts";
import { Invalid } from "#lib/errors.ts";
import type { Sql } from "#platform/sql.ts";
import { isConfirmed } from "#web/confirmation.ts";

/** How long ago people without a password may have proved who they are. */
export const confirmationMilliseconds = 600_000;

/** What a page asks somebody for, before what cannot be taken back. */
export interface Identity {
  hasPassword: boolean;
  isConfirmed: boolean;
}

export async function getIdentity(
  deps: { sql: Sql; clock: () => Date },
  viewer: { id: number; confirmedAt: Date },
): Promise<Identity> {
  return {
    hasPassword: await hasPassword(deps, viewer),
    isConfirmed: isConfirmed(viewer, deps.clock(), confirmationMilliseconds),
  };
}

export type ConfirmPasswordDeps = Parameters<typeof verifyCredentials>[0] & {
  sql: Sql;
  clock: () => Date;
};

/**
 * Asks a signed-in person for their password once more, under the limits of signing in: a session
 * somebody left open must not help to guess it. People who have none need to have confirmed who they
 * are in another way, just before.
 * @throws Invalid for `field`, and TooManyRequests
 */
export async function confirmPassword(
  deps: ConfirmPasswordDeps,
  request: {
    actor: { id: number; username: string; sessionId: string; confirmedAt: Date };
    password: string;
    address: string;
    field: string;
  },
): Promise<void> {
  const { actor, password, address, field } = request;
  if (!(await hasPassword(deps, actor))) {
    if (isConfirmed(actor, deps.clock(), confirmationMilliseconds)) return;
    throw new Invalid({ [field]: "Confirm first that it is you, then send this again." });
  }
  if (password === "") throw new Invalid({ [field]: "Enter your current password." });
  const input = { username: actor.username, password, address };
  const person = await verifyCredentials(deps, { input });
  if (person?.id !== actor.id) {
    throw new Invalid({ [field]: "This is not your current password." }, "wrong_password");
  }
  await noteConfirmation(deps, actor);
}
