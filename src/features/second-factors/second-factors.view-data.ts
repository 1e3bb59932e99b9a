import { encode } from "uqr";
import type { SecondFactors } from "#features/second-factors/second-factors.queries.ts";
import { authenticatorUri } from "#features/second-factors/totp.ts";
import { longDate } from "#lib/dates.ts";
import { counted } from "#lib/text.ts";

/** What an authenticator app is given: drawn to be scanned, and in groups of four to be typed. */
export function newAuthenticatorOf(options: { secret: string; username: string; host: string }) {
  const { secret } = options;
  return { qr: qrOf(authenticatorUri(options)), groups: secret.match(/.{1,4}/g) ?? [] };
}

export const secondFactorsOf = (factors: SecondFactors) => ({
  ...factors,
  since: factors.authenticatorSince && longDate(factors.authenticatorSince),
  left: counted(factors.recoveryCodes, "recovery code"),
});

/** New codes as the page shows them once, and as a file: the page carries it, so nobody keeps it. */
export function newRecoveryCodesOf({
  codes,
  username,
  host,
  now,
}: {
  codes: string[];
  username: string;
  host: string;
  now: Date;
}) {
  if (codes.length === 0) return null;
  const made = longDate(now);
  const lines = [
    "Magpie recovery codes",
    `Site: ${host}`,
    `Username: ${username}`,
    `Made: ${made}`,
    "",
    "Without your app or passkey, each of them is the second step of signing in, once.",
    "",
    ...codes,
  ];
  const file = {
    name: `magpie-recovery-codes-${host.replace(/[^\w.-]+/g, "-")}.txt`,
    href: `data:text/plain;charset=utf-8,${encodeURIComponent(`${lines.join("\n")}\n`)}`,
  };
  return { codes, username, host, made, file };
}

/** Four modules wide, as ISO/IEC 18004 asks: cameras look for the code by what is around it. */
const quietZone = 4;

/** One path for all that is dark, a rectangle for each run of modules. */
function qrOf(text: string): { size: number; path: string } {
  const { size, data } = encode(text, { ecc: "M", border: quietZone });
  const runs = data.flatMap((row, y) => {
    const line = row.map((isDark) => (isDark ? "#" : " ")).join("");
    return [...line.matchAll(/#+/g)].map(
      ({ index, 0: { length } }) => `M${index} ${y}h${length}v1h-${length}z`,
    );
  });
  return { size, path: runs.join("") };
}
