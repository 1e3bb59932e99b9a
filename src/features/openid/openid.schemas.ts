import { z } from "zod";
import { UsernameSchema } from "#features/account/account.schemas.ts";
import type { OpenidIdentity } from "#platform/openid-identity.ts";

const mostInNames = 150;

const name = z
  .string(`Use at most ${mostInNames} characters.`)
  .trim()
  .max(mostInNames, `Use at most ${mostInNames} characters.`)
  .regex(/^\P{Cc}*$/u, "Leave out line breaks and control characters.")
  .default("");

/** A person who joins by another service: everything but a password. */
export const NewcomerSchema = z.object({
  username: UsernameSchema,
  firstName: name,
  lastName: name,
  email: z
    .string("Enter your e-mail address.")
    .trim()
    .max(254, "Use at most 254 characters.")
    .pipe(z.email("Enter an e-mail address, such as ana@example.org.")),
});

export type Newcomer = z.output<typeof NewcomerSchema>;

/** How somebody's fields would read by what the provider says of them; the username as it is there. */
export const fieldsOf = ({ username, email, firstName, lastName }: OpenidIdentity): Newcomer => ({
  username,
  email,
  firstName: cut(firstName, mostInNames),
  lastName: cut(lastName, mostInNames),
});

/** A username that looks like theirs, where theirs cannot be one here; may be empty or taken. */
export const usernameLike = ({ username, email }: OpenidIdentity): string =>
  (username || email)
    .replace(/@.*$/, "")
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9_.-]+/g, "")
    .replace(/^[.-]+/, "")
    .slice(0, 50);

/** What tells this account at the provider from another. */
export const labelOf = ({
  username,
  email,
  firstName,
  lastName,
  subject,
}: OpenidIdentity): string =>
  cut(username || email || `${firstName} ${lastName}`.trim() || subject, 254);

/** Without leaving half of a character that takes two code units. */
const cut = (text: string, most: number): string =>
  text.length <= most ? text : [...text].slice(0, most).join("");
