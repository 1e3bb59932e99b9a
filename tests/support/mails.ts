import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Mail, sendMail, sendMailQueue } from "#features/account/send-mail.ts";
import type { TestApp } from "#tests/support/test-app.ts";

export interface ReadMail {
  headers: Record<string, string>;
  text: string;
  html: string;
  /** The path of the first link in the plain text that is a page of its own. */
  path: string;
}

type Site = Pick<TestApp, "deps" | "dataFolder">;

/** The mails that wait to be written. */
export async function waitingMails({ deps }: Site): Promise<Mail[]> {
  const rows = await deps.database.$queryRaw<{ data: Mail }[]>`
    select data from pgboss.job where name = ${sendMailQueue} and state < 'active'
    order by created_on, id`;
  return rows.map(({ data }) => data);
}

/** Does what the worker does with the mails that wait, at once; answers what was written. */
export async function deliverMails(site: Site): Promise<ReadMail[]> {
  const known = new Set(mailFiles(site.dataFolder));
  const mails = await waitingMails(site);
  await site.deps.database.$executeRaw`delete from pgboss.job where name = ${sendMailQueue}`;
  const written: ReadMail[] = [];
  for (const mail of mails) {
    await sendMail(site.deps, mail);
    // One by one: of the same millisecond, names do not tell which was first.
    for (const file of mailFiles(site.dataFolder)) {
      if (!known.has(file)) written.push(readMail(readFileSync(file, "utf8")));
      known.add(file);
    }
  }
  return written;
}

/** The files of DATA_DIR/mail, oldest first; one whose name begins with a dot is still written. */
export function mailFiles(dataFolder: string): string[] {
  const folder = join(dataFolder, "mail");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .sort()
    .map((name) => join(folder, name));
}

export function readMail(raw: string): ReadMail {
  const { headers, body } = readPart(raw);
  const boundary = /boundary="(.+?)"/.exec(headers["content-type"] ?? "")?.[1] ?? "";
  const parts = body.split(`--${boundary}`).slice(1, -1).map(readPart);
  const partOf = (type: string) =>
    parts.find((part) => part.headers["content-type"]?.startsWith(type));
  const text = decode(partOf("text/plain")).replaceAll("\r\n", "\n");
  const path = /https?:\/\/[^/\s]+(\/[\w/-]+)/.exec(text)?.[1] ?? "";
  return { headers, text, html: decode(partOf("text/html")), path };
}

interface Part {
  headers: Record<string, string>;
  body: string;
}

function readPart(raw: string): Part {
  const [head = "", ...rest] = raw.trimStart().split("\r\n\r\n");
  const headers: Record<string, string> = {};
  for (const line of head.replace(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { headers, body: rest.join("\r\n\r\n") };
}

function decode(part: Part | undefined): string {
  if (part?.headers["content-transfer-encoding"] !== "quoted-printable") return part?.body ?? "";
  const bytes = part.body
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
