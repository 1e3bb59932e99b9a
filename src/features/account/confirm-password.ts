import { verifyCredentials } from "#features/account/verify-credentials.ts";
import { Invalid } from "#lib/errors.ts";

/**
 * Asks a signed-in person for their password once more, under the limits of signing in: a session
 * somebody left open must not help to guess it.
 * @throws Invalid for `field`, and TooManyRequests
 */
export async function confirmPassword(
  deps: Parameters<typeof verifyCredentials>[0],
  request: {
    actor: { id: number; username: string };
    password: string;
    address: string;
    field: string;
  },
): Promise<void> {
  const { actor, password, address, field } = request;
  if (password === "") throw new Invalid({ [field]: "Enter your current password." });
  const input = { username: actor.username, password, address };
  const person = await verifyCredentials(deps, { input });
  if (person?.id !== actor.id) {
    throw new Invalid({ [field]: "This is not your current password." }, "wrong_password");
  }
}
