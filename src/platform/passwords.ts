import { hash, parseOptions, verify } from "@node-rs/argon2";
import pLimit from "p-limit";
import { TooManyRequests } from "#lib/errors.ts";

// Keeps passwords useless to whoever steals the table: argon2id at OWASP's 19 MiB, t=2, p=1.
// Each hash holds that memory for its time, so only a few run at once.

const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const limit = pLimit(2);
const mostWaiting = 100;

/** @throws TooManyRequests rather than letting a flood of sign-ins hold everyone up */
function limited<T>(work: () => Promise<T>): Promise<T> {
  if (limit.pendingCount >= mostWaiting) throw new TooManyRequests(5);
  return limit(work);
}

export const hashPassword = (password: string): Promise<string> =>
  limited(() => hash(password, parameters));

/** A missing hash takes as long as a wrong password, so time does not tell who has an account. */
export async function verifyPassword(
  storedHash: string | null,
  password: string,
): Promise<boolean> {
  const matches = await limited(async () => verify(storedHash ?? (await decoy()), password));
  return storedHash !== null && matches;
}

/** Whether a hash is weaker than what is made today. */
export function needsRehash(storedHash: string): boolean {
  const { memoryCost, timeCost, parallelism } = parseOptions(storedHash);
  return (
    memoryCost < parameters.memoryCost ||
    timeCost < parameters.timeCost ||
    parallelism < parameters.parallelism
  );
}

let decoyHash: Promise<string> | undefined;
const decoy = () => {
  decoyHash ??= hash("no account has this password", parameters);
  return decoyHash;
};
