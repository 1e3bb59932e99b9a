import { z } from "zod";
import { type PasswordOwner, refusalOfPassword } from "#lib/password-rules.ts";

const text = (sentence: string) => z.string(sentence).trim();

/** What stands in one line of a page, such as a name; may be empty. */
export const oneLine = (most: number) =>
  text(`Use at most ${most} characters.`)
    .max(most, `Use at most ${most} characters.`)
    .regex(/^\P{Cc}*$/u, "Leave out line breaks and control characters.");

export const UsernameSchema = text("Choose a username.")
  .min(1, "Choose a username.")
  .max(50, "Use at most 50 characters.")
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/,
    "Use letters a to z, digits, dots, hyphens and underscores; begin with a letter, digit or underscore.",
  );

/** As the database asks: on a home network an address may end in the name of a machine. */
export const EmailOnlySchema = z.object({
  email: text("Enter your e-mail address.")
    .max(254, "Use at most 254 characters.")
    .regex(/^[^@\s]+@[^@\s]+$/, "Enter an e-mail address, such as ana@example.org."),
});

const newPassword = {
  // Not trimmed: spaces are part of a password.
  password: z.string("Choose a password."),
  password2: z.string("Enter the password a second time."),
};

function passwordIssues(
  { password, password2 }: { password: string; password2: string },
  owner: PasswordOwner,
) {
  const issue = (field: string, message: string) => ({
    code: "custom" as const,
    path: [field],
    message,
    input: "",
  });
  const refusal = refusalOfPassword(password, owner);
  return [
    ...(refusal ? [issue("password", refusal)] : []),
    ...(password === password2
      ? []
      : [issue("password2", "The two passwords differ. Enter the same one twice.")]),
  ];
}

export const passwordResetSchema = (owner: PasswordOwner) =>
  z.object(newPassword).check(({ value, issues }) => {
    issues.push(...passwordIssues(value, owner));
  });

export const RegistrationSchema = z
  .object({
    username: UsernameSchema,
    firstName: oneLine(150).default(""),
    email: text("Enter your e-mail address.")
      .max(254, "Use at most 254 characters.")
      .pipe(z.email("Enter an e-mail address, such as ana@example.org.")),
    ...newPassword,
  })
  .check(({ value, issues }) => {
    issues.push(...passwordIssues(value, value));
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
