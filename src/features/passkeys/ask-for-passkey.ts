import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { challengeMilliseconds } from "#features/passkeys/challenges.ts";
import { listPasskeys } from "#features/passkeys/passkeys.queries.ts";
import type { RelyingParty } from "#features/passkeys/relying-party.ts";
import { NotFound } from "#lib/errors.ts";
import type { Sql } from "#platform/sql.ts";

/** What a browser needs to ask for any passkey of this site. */
export const askForPasskey = (site: RelyingParty): Promise<PublicKeyCredentialRequestOptionsJSON> =>
  generateAuthenticationOptions({ ...always, rpID: site.id });

/** The same for a passkey of one person. @throws NotFound for somebody who has none */
export async function askForPasskeyOf(
  deps: { sql: Sql },
  { site, personId }: { site: RelyingParty; personId: number },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const passkeys = await listPasskeys(deps, { personId });
  // An empty list would mean: anybody's.
  if (passkeys.length === 0) throw new NotFound();
  const allowCredentials = passkeys.map(({ id, transports }) => ({ id, transports }));
  return generateAuthenticationOptions({ ...always, rpID: site.id, allowCredentials });
}

const always = { userVerification: "required", timeout: challengeMilliseconds } as const;
