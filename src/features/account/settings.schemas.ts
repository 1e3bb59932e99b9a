import { z } from "zod";
import { oneLine } from "#features/account/account.schemas.ts";
import { refusalOfPassword } from "#lib/password-rules.ts";

/** The password somebody has, asked for again before what cannot be taken back. */
const currentPassword = z
  .string("Enter your current password.")
  .max(1000, "No password here is that long.");

const noSuchDay = "Enter a day that there was, such as 1990-03-14.";

/** As the unique key compares them. */
export const isSameAddress = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();

/** Both the user's and the profile's fields, so that they are right or wrong together. */
export const profileSchema = (now: Date, current: { email: string }) =>
  z.object({
    firstName: oneLine(150),
    lastName: oneLine(150),
    email: oneLine(254).refine(
      // The one they have stays, also where no form would take it: admin@localhost.
      (text) => isSameAddress(text, current.email) || z.email().safeParse(text).success,
      "Enter an e-mail address, such as ana@example.org.",
    ),
    currentPassword: currentPassword.default(""),
    dateOfBirth: z
      .string(noSuchDay)
      .trim()
      .refine((text) => text === "" || isDay(text), noSuchDay)
      .refine((text) => text === "" || text >= "1900-01-01", "Enter a day since 1900.")
      .refine((text) => text <= now.toISOString().slice(0, 10), "This day is still to come.")
      .transform((text) => (text === "" ? null : new Date(`${text}T00:00:00Z`))),
    bio: z
      .string("Use at most 2,000 characters.")
      // Browsers send a line break as two characters and count it as one.
      .transform((text) => text.replaceAll("\r\n", "\n").trim())
      .pipe(z.string().max(2000, "Use at most 2,000 characters.")),
    removePhoto: z.string().optional(),
  });

export type ProfileInput = z.output<ReturnType<typeof profileSchema>>;

/** JavaScript reads 2026-02-31 as a day in March; such a day does not come back as it was written. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** @param hasPassword else none is asked for */
export const newPasswordSchema = (username: string, hasPassword: boolean) =>
  z
    .object({
      currentPassword: hasPassword
        ? currentPassword.min(1, "Enter your current password.")
        : currentPassword.default(""),
      // Not trimmed: spaces are part of a password.
      password: z.string("Choose a password."),
      password2: z.string("Enter the password a second time."),
    })
    .check(({ value, issues }) => {
      if (value.password !== "" && value.password === value.currentPassword) {
        const message = "This is the password you have. Choose another.";
        issues.push({ code: "custom", path: ["password"], message, input: "" });
      }
      const refusal = refusalOfPassword(value.password, { username });
      if (refusal) issues.push({ code: "custom", path: ["password"], message: refusal, input: "" });
      if (value.password !== value.password2) {
        const message = "The two passwords differ. Enter the same one twice.";
        issues.push({ code: "custom", path: ["password2"], message, input: "" });
      }
    });

/** Citext compares usernames without their case, and so do we. */
export const deletionSchema = (username: string, hasPassword: boolean) =>
  z.object({
    username: z
      .string("Enter your username.")
      .trim()
      .refine(
        (typed) => typed.toLowerCase() === username.toLowerCase(),
        `Enter your username, ${username}, to say that you mean it.`,
      ),
    password: hasPassword
      ? currentPassword.min(1, "Enter your password.")
      : currentPassword.default(""),
  });
