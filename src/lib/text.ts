import { transliterate } from "transliteration";

/** An address part in a-z, 0-9 and hyphens from any script; never empty, at most 80 characters. */
export function slugOf(title: string): string {
  return (
    transliterate(title)
      .toLowerCase()
      .replace(/['’`]/g, "")
      .replace(/[^a-z0-9]+/g, "-")
      .slice(0, 80)
      .replace(/^-+|-+$/g, "") || "picture"
  );
}

/** "1 like", "12 likes": `one` and `many` are the words after the number. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

/** "Pictures" from "pictures". */
export const capitalised = (words: string): string =>
  words.charAt(0).toUpperCase() + words.slice(1);

/** “A stork”, and what is quoted in it by single marks. */
export const quoted = (text: string): string =>
  `“${text.replaceAll("“", "‘").replaceAll("”", "’")}”`;

/** A person's name as shown: their own names, else the username. */
export const displayName = (person: { username: string; firstName: string; lastName: string }) =>
  `${person.firstName} ${person.lastName}`.trim() || person.username;

/** The first letter of a name, whole also where it takes two code units. */
export const initialOf = (name: string): string => [...name][0]?.toUpperCase() ?? "";

/** "2.4 MB": bytes in decimal units, as browsers and file managers show them. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const kilobytes = bytes / 1000;
  if (kilobytes < 1000) return `${Math.round(kilobytes)} kB`;
  if (kilobytes < 1_000_000) return `${(kilobytes / 1000).toFixed(1)} MB`;
  return `${(kilobytes / 1_000_000).toFixed(1)} GB`;
}

/** "25 MB" for a limit of 25 MiB: limits are set in powers of two, and people read them as round. */
export const binarySize = (bytes: number): string =>
  bytes >= 2 ** 20 ? `${Math.floor(bytes / 2 ** 20)} MB` : `${Math.floor(bytes / 2 ** 10)} kB`;
