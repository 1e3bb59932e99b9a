import type { PasskeyRow } from "#features/passkeys/passkeys.queries.ts";
import type { RelyingParty } from "#features/passkeys/relying-party.ts";
import { longDate, timeAgo } from "#lib/dates.ts";

/** @param typed the name that was refused, of one of them */
export const passkeysOf = (
  rows: PasskeyRow[],
  { now, typed }: { now: Date; typed?: { id: string; name: string } | undefined },
) =>
  rows.map(({ id, name, isBackedUp, createdAt, lastUsedAt }) => ({
    id,
    name,
    typed: typed?.id === id ? typed.name : name,
    isRenamed: typed?.id === id,
    isBackedUp,
    added: longDate(createdAt),
    used: lastUsedAt && timeAgo(lastUsedAt, now),
  }));

/**
 * What a browser is told of a person's passkeys. It may drop each one that is missing, so `rows` must be
 * all of them. https://www.w3.org/TR/webauthn-3/#sctn-signalAllAcceptedCredentials
 */
export const acceptedPasskeysOf = (
  rows: PasskeyRow[],
  { site, webauthnId }: { site: RelyingParty; webauthnId: string },
): string =>
  JSON.stringify({
    rpId: site.id,
    userId: webauthnId,
    allAcceptedCredentialIds: rows.map(({ id }) => id),
  });

/** The same of one that is gone. https://www.w3.org/TR/webauthn-3/#sctn-signalUnknownCredential */
export const removedPasskeyOf = (id: string, site: RelyingParty): string =>
  JSON.stringify({ rpId: site.id, credentialId: id });
