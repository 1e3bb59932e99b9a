import { randomBytes } from "node:crypto";
import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { COSEALG, decodeAttestationObject } from "@simplewebauthn/server/helpers";
import { type Actor, holdActor } from "#features/account/hold-actor.ts";
import { enqueueMail } from "#features/account/send-mail.ts";
import { challengeMilliseconds } from "#features/passkeys/challenges.ts";
import { listPasskeys, mostPasskeys } from "#features/passkeys/passkeys.queries.ts";
import type { Answer } from "#features/passkeys/passkeys.schemas.ts";
import type { RelyingParty } from "#features/passkeys/relying-party.ts";
import { makeRecoveryCodes } from "#features/second-factors/recovery-codes.ts";
import { Invalid, NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import type { Sql } from "#platform/sql.ts";
import { Prisma } from "#prisma/generated/client.ts";

export interface AddPasskeyDeps {
  database: Database;
  sql: Sql;
  jobs: Jobs;
  clock: () => Date;
}

/** What every authenticator knows one of; keys of others could not be read by the next Node. */
const supportedAlgorithmIDs = [COSEALG.EdDSA, COSEALG.ES256, COSEALG.RS256];

/** What a browser needs to make a passkey. @throws NotFound for somebody who is gone */
export async function askForNewPasskey(
  deps: { database: Database; sql: Sql },
  { site, actor }: { site: RelyingParty; actor: { id: number; username: string; name: string } },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const passkeys = await listPasskeys(deps, { personId: actor.id });
  refuseMoreThan(passkeys.length);
  return generateRegistrationOptions({
    rpName: "Magpie",
    rpID: site.id,
    userID: new Uint8Array(await webauthnIdOf(deps, actor)),
    userName: actor.username,
    userDisplayName: actor.name,
    attestationType: "none",
    timeout: challengeMilliseconds,
    supportedAlgorithmIDs,
    excludeCredentials: passkeys.map(({ id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
}

/** Made once for each person: it stays when all passkeys go, so that one made anew replaces the old. */
async function webauthnIdOf({ database }: { database: Database }, { id }: { id: number }) {
  const made = randomBytes(64).toString("base64url");
  const [user] = await database.$queryRaw<{ webauthnId: string }[]>`
    update users set webauthn_id = coalesce(webauthn_id, ${made})
    where id = ${id} returning webauthn_id as "webauthnId"`;
  if (!user) throw new NotFound();
  return Buffer.from(user.webauthnId, "base64url");
}

/**
 * Keeps a passkey that the actor's browser has made. Answers the recovery codes that come with the
 * first second factor, else null.
 * @throws Invalid for `credential`
 */
export async function addPasskey(
  deps: AddPasskeyDeps,
  request: {
    site: RelyingParty;
    actor: Actor;
    /** Its challenge is taken already. */
    answer: Answer<RegistrationResponseJSON>;
    name: string;
  },
): Promise<string[] | null> {
  const { actor, name } = request;
  const { credential, isBackedUp } = await verify(request);
  const { id, publicKey, counter, transports = [] } = credential;
  const userId = actor.id;
  const made = { id, userId, name, publicKey, counter, transports, isBackedUp };
  try {
    return await deps.database.$transaction(async (tx) => {
      // Two first ones at once would each make codes, and void the other's.
      await holdActor(tx, actor);
      const passkeys = await tx.passkey.count({ where: { userId } });
      refuseMoreThan(passkeys);
      const authenticators = await tx.authenticator.count({ where: { userId } });
      await tx.passkey.create({ data: { ...made, createdAt: deps.clock() } });
      await enqueueMail(tx, deps, { template: "passkey-added", userId });
      return passkeys + authenticators === 0 ? makeRecoveryCodes(tx, { userId }) : null;
    });
  } catch (error) {
    if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== "P2002") {
      throw error;
    }
    throw new Invalid({ credential: "This passkey is in use already. Add another one." });
  }
}

function refuseMoreThan(present: number): void {
  if (present < mostPasskeys) return;
  throw new Invalid({
    credential: `You have ${mostPasskeys} passkeys, which is as many as fit. Remove one first.`,
  });
}

async function verify({
  site,
  answer,
}: {
  site: RelyingParty;
  answer: Answer<RegistrationResponseJSON>;
}) {
  try {
    refuseCertificates(answer.credential);
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: answer.credential,
      expectedChallenge: answer.challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      requireUserVerification: true,
      supportedAlgorithmIDs,
    });
    // The library binds the two no further, and only the outer one is bounded.
    if (verified && registrationInfo.credential.id === answer.credential.id) {
      const { credential, credentialBackedUp } = registrationInfo;
      return { credential, isBackedUp: credentialBackedUp };
    }
  } catch (cause) {
    // It throws for everything that is wrong, also for bytes that are no such thing at all.
    throw refusal(cause);
  }
  throw refusal();
}

/**
 * We ask for no attestation, so browsers take certificates out. To verify one the library would fetch
 * lists of what was revoked, without any of the bounds of safe-fetch.
 */
function refuseCertificates({ response }: RegistrationResponseJSON): void {
  const attestation = Buffer.from(response.attestationObject, "base64url");
  const decoded = decodeAttestationObject(new Uint8Array(attestation));
  const format = decoded.get("fmt");
  const isSelfMade = format === "packed" && !decoded.get("attStmt").get("x5c");
  if (format !== "none" && !isSelfMade) throw new Error("an attestation that nobody asked for");
}

const refusal = (cause?: unknown) =>
  new Invalid(
    { credential: "This passkey could not be added. Try again, or use another device." },
    "passkey_refused",
    { cause },
  );
