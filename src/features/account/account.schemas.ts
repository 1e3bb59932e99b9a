import { z } from "zod";
import { refusalOfPassword } from "#features/account/password-rules.ts";

const text = (sentence: string) => z.string(sentence).trim();

export const UsernameSchema = text("Choose a username.")
  .min(1, "Choose a username.")
  .max(50, "Use at most 50 characters.")
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/,
    "Use letters a to z, digits, dots, hyphens and underscores; begin with a letter, digit or underscore.",
  );

export const RegistrationSchema = z
  .object({
    username: UsernameSchema,
    firstName: z.string().trim().max(150, "Use at most 150 characters.").default(""),
    email: text("Enter your e-mail address.")
      .max(254, "Use at most 254 characters.")
      .pipe(z.email("Enter an e-mail address, such as ana@example.org.")),
    // Not trimmed: spaces are part of a password.
    password: z.string("Choose a password."),
    password2: z.string("Enter the password a second time."),
  })
  .check(({ value, issues }) => {
    const refusal = refusalOfPassword(value.password, value.username);
    if (refusal) issues.push({ code: "custom", path: ["password"], message: refusal, input: "" });
    if (value.password !== value.password2) {
      const message = "The two passwords differ. Enter the same one twice.";
      issues.push({ code: "custom", path: ["password2"], message, input: "" });
    }
  });

export type Registration = z.output<typeof RegistrationSchema>;

export const SignInSchema = z.object({
  username: text("Enter your username or e-mail address.")
    .min(1, "Enter your username or e-mail address.")
    .max(254, "Use at most 254 characters."),
  password: z
    .string("Enter your password.")
    .min(1, "Enter your password.")
    .max(1000, "No password here is that long."),
  next: z.string().optional(),
});
