import { issueToken, renewToken } from "#features/account/account-tokens.ts";
import type { Database, Transaction } from "#platform/database.ts";
import type { JobOptions, Jobs } from "#platform/jobs.ts";
import type { MailTemplates } from "#platform/mail-templates.ts";
import type { Mailer } from "#platform/mailer.ts";

export const sendMailQueue = "account.send-mail";

/**
 * What a job needs to write a mail, and no more. No token is in it: jobs stay in the database for a
 * day, and whoever reads that must not find a key to an account. The job makes it.
 */
export type Mail =
  /** To the address typed by somebody, when it is a person's: who asks must not learn that. */
  | { template: "reset-password"; email: string }
  | { template: "confirm-again"; email: string }
  | { template: "address-taken"; email: string }
  /** To the address that waits to be confirmed. */
  | { template: "confirm-email"; userId: number }
  /** To the address before a change, that waits or that an administrator made. */
  | { template: "email-change" | "email-changed"; userId: number; to: string }
  /** To the address somebody has. */
  | {
      template:
        | "second-factor-on"
        | "second-factor-off"
        | "second-factor-removed"
        | "recovery-code-used"
        | "recovery-codes-new";
      userId: number;
    }
  | { template: "passkey-added" | "passkey-removed"; userId: number }
  | { template: "identity-connected" | "identity-disconnected"; userId: number };

const minute = 60;
/** About five hours: a mail server may be away for a while. */
const tries: JobOptions = {
  retryLimit: 12,
  retryDelay: 10,
  retryBackoff: true,
  retryDelayMax: 60 * minute,
  deleteAfterSeconds: 24 * 60 * minute,
};

/** Has a mail written when the transaction is done, and never when it fails. */
export const enqueueMail = (tx: Transaction, { jobs }: { jobs: Jobs }, mail: Mail): Promise<void> =>
  jobs.enqueue(tx, sendMailQueue, mail, tries);

interface SendMailDeps {
  database: Database;
  mailer: Mailer;
  mailTemplates: MailTemplates;
  clock: () => Date;
}

const subjects: Record<Mail["template"], string> = {
  "reset-password": "Set a new password",
  "confirm-again": "Confirm your e-mail address",
  "confirm-email": "Confirm your e-mail address",
  "address-taken": "You have an account already",
  "email-change": "Your e-mail address is about to change",
  "email-changed": "Your e-mail address has changed",
  "second-factor-on": "Two-step sign-in is on",
  "second-factor-off": "Two-step sign-in is off",
  "second-factor-removed": "Two-step sign-in is off",
  "recovery-code-used": "A recovery code was used",
  "recovery-codes-new": "New recovery codes",
  "passkey-added": "A passkey was added",
  "passkey-removed": "A passkey was removed",
  "identity-connected": "Another way to sign in",
  "identity-disconnected": "One way less to sign in",
};

/** Writes and sends one mail; where its person is gone or it has no purpose any more, none. */
export async function sendMail(deps: SendMailDeps, mail: Mail): Promise<void> {
  const letter = await findLetter(deps, mail);
  if (!letter) return;
  const { to, token = "", template = mail.template } = letter;
  const content = deps.mailTemplates.render(template, { token });
  await deps.mailer.send({ to, subject: `${subjects[template]} · Magpie`, ...content });
}

interface Letter {
  to: string;
  token?: string;
  /** Where another fits better than the one that was asked for. */
  template?: Mail["template"];
}

/** Where a mail goes, and the token of its link: a new one each time, for the old is known to nobody. */
async function findLetter({ database, clock }: SendMailDeps, mail: Mail): Promise<Letter | null> {
  if (mail.template === "confirm-email") return askWhose(database, mail, clock());
  if ("to" in mail) {
    const where = { id: mail.userId, isActive: true };
    return (await database.user.findFirst({ where })) && { to: mail.to };
  }
  if ("userId" in mail) {
    const where = { id: mail.userId, isActive: true };
    const person = await database.user.findFirst({ where, select: { email: true } });
    return person && { to: person.email };
  }
  const person = await database.user.findFirst({
    where: { email: mail.email, isActive: true },
    select: { id: true, email: true, emailConfirmedAt: true },
  });
  if (!person) return null;
  const { id: userId, email } = person;
  if (mail.template === "address-taken") return { to: email };
  if (mail.template === "confirm-again" && person.emailConfirmedAt) return null;
  const purpose = mail.template === "reset-password" ? "reset_password" : "confirm_email";
  const token = await issueToken(database, { userId, purpose, email, now: clock() });
  const template = purpose === "confirm_email" ? "confirm-email" : mail.template;
  return { to: email, token, template };
}

/** An address that somebody else has is told so; whoever asked for it learns nothing. */
async function askWhose(
  database: Database,
  { userId }: { userId: number },
  now: Date,
): Promise<Letter | null> {
  const letter = await renewToken(database, { userId }, now);
  if (!letter) return null;
  const owner = await database.user.findUnique({ where: { email: letter.to } });
  if (!owner || owner.id === userId) return letter;
  return owner.isActive ? { to: owner.email, template: "address-taken" } : null;
}
