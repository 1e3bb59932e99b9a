import { dictionary } from "@zxcvbn-ts/language-common";

// The browser's meter runs this too, so both say the same. Lists only: zxcvbn itself takes up to 90 ms
// for 32 chosen characters, and this is asked by anybody who can send a form.

const passwords = dictionary["passwords-common"];
const common = new Set(passwords);
/** Beyond the first of the list a little added makes enough to try. */
const mostCommon = new Set(passwords.slice(0, 1000));

/** Whose password it is, as far as that is known. */
export interface PasswordOwner {
  username?: string | undefined;
  email?: string | undefined;
}

/** Why a password is refused, as a sentence for its field, or null for one that may be used. */
export function refusalOfPassword(password: string, owner: PasswordOwner): string | null {
  if (password.length < 8) return "Use at least 8 characters.";
  if (password.length > 128) return "Use at most 128 characters.";
  const lower = password.toLowerCase();
  const words = wordsOf(lower);
  const name = namesOf(owner).find(([name]) => words.some((word) => isMadeOf(word, name)));
  if (name) return `This is too much like ${name[1]}. Choose another.`;
  if (common.has(lower)) return "Many people use this password. Choose another.";
  if (words.some((word) => mostCommon.has(word))) {
    return "This is a common password with little added. Choose another.";
  }
  if (unitOf(lower).length <= 3 || new Set(lower).size < 3 || isRow(lower)) {
    return "Repeats and rows of keys are guessed first. Choose another.";
  }
  return null;
}

function namesOf({ username = "", email = "" }: PasswordOwner): [name: string, whose: string][] {
  const names: [string, string][] = [
    [username, "your username"],
    [email, "your e-mail address"],
    [email.replace(/@.*$/s, ""), "your e-mail address"],
    ["magpie", "this site's name"],
  ];
  // Two letters are in every other password.
  return names.filter(([name]) => plain(name).length >= 3);
}

/** A name once or several times, with signs between and at most as many digits. */
function isMadeOf(word: string, name: string): boolean {
  const whole = plain(word);
  const rest = whole.replaceAll(plain(name), "");
  return rest !== whole && !/\p{L}/u.test(rest) && rest.length * 2 <= whole.length;
}

const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** The words that a password may be: less what stands before and behind, and with letters for digits. */
function wordsOf(lower: string): string[] {
  const whole = unitOf(lower);
  return [
    whole,
    whole.replace(/[^\p{L}\p{N}]+$/u, ""),
    whole.replace(/\P{L}+$/u, ""),
    whole.replace(/^\P{L}+|\P{L}+$/gu, ""),
  ]
    .filter((part) => part.length * 2 >= whole.length)
    .flatMap((part) => [part, unleet(part, "i"), unleet(part, "l")])
    .map(unitOf);
}

/** "wren" of "wrenwrenwren", and what repeats nothing as it is. */
const unitOf = (text: string): string => text.replace(/^(.+?)\1+$/su, "$1");

const leet: Record<string, string> = {
  "0": "o",
  "2": "z",
  "3": "e",
  "4": "a",
  "5": "s",
  "6": "g",
  "7": "t",
  "8": "b",
  "9": "g",
  "@": "a",
  $: "s",
};

const unleet = (text: string, one: string): string =>
  text.replace(/[1!|]/g, one).replace(/[02-9@$]/g, (sign) => leet[sign] ?? sign);

const rows = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890",
  "qwertyuiop[]",
  "qwertzuiopü",
  "azertyuiop",
  "asdfghjkl;'",
  "qsdfghjklm",
];
const bothWays = [...rows, ...rows.map((row) => [...row].toReversed().join(""))];

const isRow = (lower: string): boolean => bothWays.some((row) => row.includes(lower));
