import { createHash, randomBytes } from "node:crypto";
import type { Transaction } from "#platform/database.ts";

const howMany = 10;
/** Crockford's: no letter that looks like a digit. https://www.crockford.com/base32.html */
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const length = 10;

/** Makes ten codes that each stand in for a lost second factor once; earlier ones are void. */
export async function makeRecoveryCodes(
  tx: Transaction,
  { userId }: { userId: number },
): Promise<string[]> {
  const codes = new Set<string>();
  while (codes.size < howMany) codes.add(newCode());
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.recoveryCode.createMany({
    data: [...codes].map((code) => ({ userId, codeHash: hashOf(code) })),
  });
  return [...codes].map((code) => `${code.slice(0, 5)}-${code.slice(5)}`);
}

/** Uses a code up, if it is one of theirs. Of several that try at once one succeeds. */
export async function useRecoveryCode(
  tx: Transaction,
  { userId, code }: { userId: number; code: string },
): Promise<boolean> {
  const { count } = await tx.recoveryCode.deleteMany({
    where: { userId, codeHash: hashOf(readCode(code)) },
  });
  return count === 1;
}

/** Codes stand in for something: once it is gone they would be all there is. */
export async function removeCodesWithLastFactor(
  tx: Transaction,
  { userId }: { userId: number },
): Promise<void> {
  await tx.$executeRaw`
    delete from recovery_codes where user_id = ${userId}
      and not exists (select 1 from authenticators where user_id = ${userId})
      and not exists (select 1 from passkeys where user_id = ${userId})`;
}

/** Five bits of each byte. */
const newCode = (): string =>
  [...randomBytes(length)].map((byte) => alphabet.charAt(byte % alphabet.length)).join("");

/** As it was made, however it was typed. */
const readCode = (typed: string): string =>
  typed.toLowerCase().replace(/[\s-]/g, "").replace(/o/g, "0").replace(/[il]/g, "1");

const hashOf = (code: string): string => createHash("sha256").update(code).digest("hex");
