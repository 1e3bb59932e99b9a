import { generateSecret, generateURI, verifySync } from "otplib";

/** How an authenticator app and the site agree: RFC 6238 as every app knows it. */
const period = 30;

/** 160 random bits in Base32. */
export const newSecret = (): string => generateSecret();

/**
 * The time step whose code this is, or null: the present one, or one to each side for clocks that
 * differ. Compares in constant time.
 */
export function stepOfCode(secret: string, code: string, now: Date): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const epoch = Math.floor(now.getTime() / 1000);
  const result = verifySync({ secret, token: code, period, epoch, epochTolerance: period });
  return result.valid && "timeStep" in result ? result.timeStep : null;
}

/** What the QR code says: whose account, where, and the secret. */
export function authenticatorUri(options: {
  secret: string;
  username: string;
  host: string;
}): string {
  const { secret, username, host } = options;
  // A colon would end the issuer for most apps, and a host may name its port.
  const issuer = `Magpie (${host.replace(":", " ")})`;
  return generateURI({ issuer, label: username, secret, period });
}
