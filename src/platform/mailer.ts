import { createHash, randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import type { Logger } from "#platform/logger.ts";

// Protects people whose addresses strangers may type: no header of ours takes a second line, no
// message reads a file or an address, nothing of a mail but its kind of fault reaches the log, and a
// mail server that hangs costs a bounded time.

export interface MailContent {
  subject: string;
  html: string;
  text: string;
}

export interface Mailer {
  /** Hands a mail over to the mail server, or to the mail folder. */
  send(mail: MailContent & { to: string }): Promise<void>;
  close(): void;
}

type Message = ReturnType<typeof messageOf>;

/** @param folder takes each mail as a file where there is no mail server */
export function createMailer(options: {
  smtpUrl: string | undefined;
  from: string;
  folder: string;
  logger: Logger;
}): Mailer {
  const { smtpUrl, from } = options;
  const transport = smtpUrl ? smtpTransport(smtpUrl) : folderTransport(options);
  return {
    send: async (mail) => {
      await transport.send(messageOf(from, mail));
    },
    close: transport.close,
  };
}

function messageOf(from: string, { to, subject, html, text }: MailContent & { to: string }) {
  for (const header of [from, to, subject]) {
    if (/[\r\n]/.test(header)) throw new Error("A mail's header cannot have two lines.");
  }
  return {
    from,
    // As an object it is one address, whatever commas are in it.
    to: { name: "", address: to },
    subject,
    html,
    text,
    // Told to machines that answer mails: there is nobody to answer (RFC 3834).
    headers: { "Auto-Submitted": "auto-generated" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function smtpTransport(url: string) {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    // The job tries again, with longer and longer pauses.
    maxRequeues: 1,
    dnsTimeout: 5000,
    connectionTimeout: 5000,
    greetingTimeout: 5000,
    socketTimeout: 10_000,
  });
  // An idle connection that the server ends would else end the process.
  transport.on("error", () => {});
  return {
    send: async (message: Message) => {
      await transport.sendMail(message).catch((error: SmtpError) => {
        // Its own message may hold the address or parts of the mail.
        const { code = "", responseCode = "" } = error;
        throw new Error(`The mail server took no mail (${`${code} ${responseCode}`.trim()}).`);
      });
    },
    close: () => transport.close(),
  };
}

interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
}

function folderTransport({ folder, logger }: { folder: string; logger: Logger }) {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  return {
    send: async (message: Message) => {
      const { message: bytes } = await transport.sendMail(message);
      const time = new Date().toISOString().replaceAll(":", "-");
      const name = `${time}-${randomBytes(4).toString("hex")}.eml`;
      // Links in it are keys to accounts.
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const unfinished = join(folder, `.${name}`);
      await writeFile(unfinished, bytes, { mode: 0o600, flag: "wx" });
      await rename(unfinished, join(folder, name));
      const to = createHash("sha256").update(message.to.address.toLowerCase()).digest("hex");
      logger.info({ file: name, to: to.slice(0, 12) }, "a mail was written");
    },
    close: () => {},
  };
}
