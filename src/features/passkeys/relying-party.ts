import { isIP } from "node:net";

/** What passkeys are bound to: they answer to this site and to no other. */
export interface RelyingParty {
  id: string;
  origin: string;
  /**
   * Browsers know passkeys at names over https only, and on this very machine
   * (https://www.w3.org/TR/webauthn-3/#sctn-createCredential, steps 5 to 7).
   */
  isPossible: boolean;
}

/** @param config the address of the site: what a request says of it could be anybody's */
export function relyingPartyOf({ baseUrl }: { baseUrl: string }): RelyingParty {
  const { origin, hostname, protocol } = new URL(baseUrl);
  const isName = isIP(hostname) === 0 && !hostname.startsWith("[");
  const isLocal = /(^|\.)localhost$/.test(hostname);
  return { id: hostname, origin, isPossible: isName && (protocol === "https:" || isLocal) };
}
