import { randomBytes } from "node:crypto";
import { runCommand, say } from "#command";
import { readConfig } from "#config";
import { UsernameSchema } from "#features/account/account.schemas.ts";
import { changePassword } from "#features/account/change-password.ts";
import { createPerson } from "#features/account/register-person.ts";
import { sendMailQueue } from "#features/account/send-mail.ts";
import {
  type TurnedOff,
  turnOffSecondFactor,
} from "#features/second-factors/turn-off-second-factor.ts";
import { Invalid, NotFound } from "#lib/errors.ts";
import { createDatabase, createPool, type Database, openDatabaseUrl } from "#platform/database.ts";
import { createJobs } from "#platform/jobs.ts";
import { createLogger } from "#platform/logger.ts";
import { migrate } from "#platform/migrations.ts";

/** `npm run admin`: what an operator does from a shell, also while the server runs. */
const clock = () => new Date();

const usage = [
  "Usage: npm run admin -- create-admin <username> <email>",
  "       npm run admin -- reset-password <username>",
  "       npm run admin -- turn-off-second-factor <username>",
].join("\n");

type Command = (database: Database, databaseUrl: string) => Promise<void>;

/** What the words on the command line ask for, or null. */
function commandOf([name, username, email, ...rest]: string[]): Command | null {
  const password = randomBytes(12).toString("base64url");
  if (name === "create-admin" && username && email && rest.length === 0) {
    return async (database) => {
      const named = UsernameSchema.safeParse(username);
      if (!named.success) throw new Invalid({ username: named.error.issues[0]?.message ?? "" });
      // As the database asks: on a home network an address may end in the name of a machine.
      if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw new Invalid({ email: "Give an e-mail address." });
      await createPerson(
        { database, clock },
        { username, email, password, isStaff: true, isSuperuser: true },
      ).catch(forOperators);
      say(`Administrator: ${username}, password: ${password}`);
    };
  }
  if (name === "reset-password" && username && email === undefined) {
    return async (database) => {
      await changePassword({ database }, { username, password });
      say(`${username}, new password: ${password}. Every session of theirs has ended.`);
    };
  }
  if (name === "turn-off-second-factor" && username && email === undefined) {
    return async (database, databaseUrl) => {
      const before = await turnOffSecondFactorOf(database, { username, databaseUrl });
      const none = `${username} has no second factor.`;
      say(before ? `The second factor of ${username} is off; a mail tells them.` : none);
    };
  }
  return null;
}

/** A visitor whose address is taken is told to sign in. */
function forOperators(error: unknown): never {
  if (!(error instanceof Invalid) || !error.fields["email"]) throw error;
  const email = "Another account has this e-mail address. Use another.";
  throw new Invalid({ ...error.fields, email });
}

/** With the queue: the mail is sent by the site, as soon as it runs. */
async function turnOffSecondFactorOf(
  database: Database,
  { username, databaseUrl }: { username: string; databaseUrl: string },
): Promise<TurnedOff | null> {
  const logger = createLogger("silent");
  const jobs = await createJobs({
    databaseUrl,
    queues: [sendMailQueue],
    logger,
    supervise: false,
  });
  try {
    return await database.$transaction(async (tx) => {
      const person = await tx.user.findUnique({ where: { username }, select: { id: true } });
      if (!person) throw new NotFound(`There is nobody named ${username}.`);
      return turnOffSecondFactor(tx, { jobs }, { person });
    });
  } finally {
    await jobs.stop();
  }
}

async function run(command: Command): Promise<void> {
  const opened = await openDatabaseUrl(readConfig(), { share: true });
  const pool = createPool(opened.url, { max: 2, onError: () => {} });
  try {
    await migrate(opened.url);
    await command(createDatabase(pool), opened.url);
  } finally {
    await pool.end();
    await opened.close();
  }
}

const command = commandOf(process.argv.slice(2));
if (command === null) {
  say(usage);
  process.exitCode = 2;
} else {
  await runCommand(() => run(command));
}
