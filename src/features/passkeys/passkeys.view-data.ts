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

/** What a browser is told of one that is gone. https://www.w3.org/TR/webauthn-3/#sctn-signalUnknownCredential */
export const removedPasskeyOf = (id: string, site: RelyingParty): string =>
  JSON.stringify({ rpId: site.id, credentialId: id });
