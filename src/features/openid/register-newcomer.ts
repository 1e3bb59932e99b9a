import { requestConfirmation } from "#features/account/confirm-email.ts";
import { createPerson, type RegisterDeps, tellOwner } from "#features/account/register-person.ts";
import { isSameAddress } from "#features/account/settings.schemas.ts";
import { insertIdentity } from "#features/openid/connect-identity.ts";
import type { Newcomer } from "#features/openid/openid.schemas.ts";
import { recognisePerson } from "#features/openid/recognise-person.ts";
import { Invalid } from "#lib/errors.ts";
import { displayName } from "#lib/text.ts";
import type { OpenidIdentity } from "#platform/openid-identity.ts";

/**
 * Makes a person who signs in by this identity, or answers the one it was made into meanwhile. Only
 * the address that the provider vouches for needs no confirmation. Where that is required first, any
 * other answers null, one that somebody has like a new one, and they learn by mail that they have an
 * account.
 * @throws Invalid when the username or the address is taken
 */
export async function registerNewcomer(
  deps: RegisterDeps,
  { identity, input }: { identity: OpenidIdentity; input: Newcomer },
) {
  const isVerified = identity.isEmailVerified && isSameAddress(input.email, identity.email);
  const emailConfirmedAt = isVerified ? deps.clock() : null;
  try {
    const { firstName, lastName, ...person } = await createPerson(
      deps,
      { ...input, password: null, emailConfirmedAt },
      async (tx, { id: userId }, now) => {
        await insertIdentity(tx, { userId, identity, now });
        if (!isVerified) await requestConfirmation(tx, deps, { userId, email: input.email, now });
      },
    );
    if (deps.emailConfirmationRequired && !isVerified) return null;
    return { ...person, name: displayName({ ...person, firstName, lastName }) };
  } catch (error) {
    // Two windows at once: the other one made the account, so its names are "taken" by this very person.
    const person = await recognisePerson(deps, { identity });
    if (person) return person;
    if (!(error instanceof Invalid) || !error.fields["email"]) throw error;
    if (!deps.emailConfirmationRequired || isVerified) throw addressTaken(error);
    const { username } = error.fields;
    if (username) throw new Invalid({ username }, error.code);
    await tellOwner(deps, input.email);
    return null;
  }
}

const addressTaken = ({ fields, code }: Invalid) =>
  new Invalid(
    {
      ...fields,
      email:
        "An account here has this e-mail address already. If it is yours, sign in to it and connect it in its settings. Otherwise enter another address.",
    },
    code,
  );
