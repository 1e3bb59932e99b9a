import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";
import { type PasswordOwner, refusalOfPassword } from "#lib/password-rules.ts";

/**
 * How hard a password is to guess, in a word, and what would help, if anything. The server refuses
 * what is in step 0, by the same rules, and takes all others.
 */
export interface Strength {
  step: 0 | 1 | 2 | 3 | 4;
  word: string;
  advice: string;
}

// Bounded, for zxcvbn takes long for what looks like letters written as digits, and may hold up typing.
const zxcvbn = new ZxcvbnFactory({
  dictionary,
  graphs: { qwerty: adjacencyGraphs.qwerty, qwertz: adjacencyGraphs.qwertz },
  maxLength: 40,
  l33tMaxSubstitutions: 20,
});

export function strengthOf(password: string, owner: PasswordOwner): Strength {
  const refusal = refusalOfPassword(password, owner);
  if (refusal) {
    const isShort = password.length < 8;
    return { step: 0, word: isShort ? "Too short" : "Easy to guess", advice: refusal };
  }
  const { username = "", email = "" } = owner;
  const known = ["magpie", username, email, email.replace(/@.*$/s, "")].filter(Boolean);
  const { score } = zxcvbn.check(password, known);
  if (score <= 1) return { step: 1, word: "Weak", advice: "Add a word or two." };
  if (score === 2) return { step: 2, word: "Fair", advice: "One more word would help." };
  return score === 3
    ? { step: 3, word: "Good", advice: "" }
    : { step: 4, word: "Strong", advice: "" };
}
