import {
  type AuthenticationResponseJSON,
  verifyAuthenticationResponse,
} from "@simplewebauthn/server";
import {
  findPasskey,
  isRemovedPasskey,
  type PasskeyOfPerson,
} from "#features/passkeys/passkeys.queries.ts";
import type { Answer } from "#features/passkeys/passkeys.schemas.ts";
import type { RelyingParty } from "#features/passkeys/relying-party.ts";
import { Invalid } from "#lib/errors.ts";
import { displayName } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";
import { networkOf, type RateLimits } from "#platform/rate-limits.ts";
import type { Sql } from "#platform/sql.ts";

export interface UsePasskeyDeps {
  database: Database;
  sql: Sql;
  limits: RateLimits;
  clock: () => Date;
}

interface UsePasskeyRequest {
  site: RelyingParty;
  /** Its challenge is taken already. */
  answer: Answer<AuthenticationResponseJSON>;
  address: string;
  /** Whose it must be; without, the answer itself must say whose it is. */
  personId?: number;
}

/** Of a passkey that somebody here had: their browser need not offer it any more. */
export class RemovedPasskey extends Invalid {
  readonly id: string;

  constructor(id: string) {
    super(refused, "passkey_refused");
    this.id = id;
  }
}

/**
 * The person whom a passkey proves, and both factors with them: what they have, and the finger or PIN
 * that unlocks it. Whatever is wrong, the sentence is the same.
 * @throws Invalid for `credential`, and TooManyRequests
 */
export async function usePasskey(deps: UsePasskeyDeps, request: UsePasskeyRequest) {
  const network = networkOf(request.address);
  await deps.limits.signInsByAddress.check(network);
  try {
    return await provedPerson(deps, request);
  } catch (error) {
    if (error instanceof Invalid) await deps.limits.signInsByAddress.take(network);
    throw error;
  }
}

async function provedPerson(deps: UsePasskeyDeps, request: UsePasskeyRequest) {
  const { id, response } = request.answer.credential;
  const passkey = await findPasskey(deps, { id });
  const webauthnId = response.userHandle;
  // One that was never ours may open another service at this name: that is not ours to take away.
  if (!passkey && webauthnId && (await isRemovedPasskey(deps, { id, webauthnId }))) {
    throw new RemovedPasskey(id);
  }
  if (!passkey || !isTheirs(passkey, request)) throw refusal();
  const { newCounter, credentialBackedUp } = await verify(passkey, request);
  // Two at once may have read the same counter: it goes forward once, save where it stays at 0.
  const { count } = await deps.database.passkey.updateMany({
    where: { id, counter: newCounter === 0 ? 0 : { lt: newCounter } },
    data: { counter: newCounter, isBackedUp: credentialBackedUp, lastUsedAt: deps.clock() },
  });
  if (count === 0) throw refusal();
  const { personId, username, isStaff, isSuperuser } = passkey;
  return { id: personId, username, isStaff, isSuperuser, name: displayName(passkey) };
}

/** An authenticator that was told whose passkeys are asked for need not say whose it is. */
function isTheirs(passkey: PasskeyOfPerson, { answer, personId }: UsePasskeyRequest): boolean {
  const { userHandle } = answer.credential.response;
  if (personId !== undefined && passkey.personId !== personId) return false;
  return userHandle === undefined ? personId !== undefined : userHandle === passkey.webauthnId;
}

async function verify(passkey: PasskeyOfPerson, { site, answer }: UsePasskeyRequest) {
  const { credential, challenge } = answer;
  const { publicKey, counter } = passkey;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: credential,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      credential: { id: credential.id, publicKey: new Uint8Array(publicKey), counter },
      requireUserVerification: true,
    });
    if (verified) return authenticationInfo;
  } catch (cause) {
    // It throws for everything that is wrong, also for bytes that are no such thing at all.
    throw refusal(cause);
  }
  throw refusal();
}

const refused = {
  credential: "This passkey opens no account here. Try another one, or another way.",
};
const refusal = (cause?: unknown) => new Invalid(refused, "passkey_refused", { cause });
