import { dictionary } from "@zxcvbn-ts/language-common";

const common = new Set(dictionary["passwords-common"]);
const onlySiteName = /^[^a-z]*(magpie[^a-z]*)+$/;

/** Why a password is refused, as a sentence for its field, or null for one that may be used. */
export function refusalOfPassword(password: string, username: string): string | null {
  const lower = password.toLowerCase();
  if (password.length < 8) return "Use at least 8 characters.";
  if (password.length > 128) return "Use at most 128 characters.";
  if (lower === username.toLowerCase()) return "Your password and your username must differ.";
  if (onlySiteName.test(lower)) return "This site's name is too easy to guess.";
  if (common.has(lower) || new Set(lower).size < 3) {
    return "Many people use this password, so it is guessed first. Choose another.";
  }
  return null;
}
