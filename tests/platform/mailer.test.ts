import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMailer, type Mailer } from "#platform/mailer.ts";
import { type MailServer, startMailServer } from "#tests/support/mail-server.ts";
import { readMail } from "#tests/support/mails.ts";

const mail = {
  to: "ana@example.org",
  subject: "Žluťoučký kůň",
  html: "<p>Good <b>evening</b>, žluť = ok</p>",
  text: "Good evening, žluť = ok",
};

let folder: string;
let logged: string[];
const closing: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "magpie-mail-"));
  logged = [];
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true });
});

function start(smtpUrl?: string, from = "Magpie <magpie@site.example>"): Mailer {
  const lines = new Writable({
    write: (chunk, _encoding, done) => {
      logged.push(String(chunk));
      done();
    },
  });
  const mailer = createMailer({ smtpUrl, from, folder: join(folder, "mail"), logger: pino(lines) });
  closing.push(() => mailer.close());
  return mailer;
}

async function startServer(options = {}): Promise<MailServer> {
  const server = await startMailServer(options);
  closing.push(server.close);
  return server;
}

const expectWhole = (raw: string) => {
  const read = readMail(raw);
  expect(read.headers).toMatchObject({
    from: "Magpie <magpie@site.example>",
    to: "ana@example.org",
    "auto-submitted": "auto-generated",
    "mime-version": "1.0",
  });
  expect(read.headers["message-id"]).toMatch(/^<.+@site\.example>$/);
  expect(Date.parse(read.headers["date"] ?? "")).toBeGreaterThan(Date.now() - 60_000);
  expect(read.headers["subject"]).toMatch(/^=\?UTF-8\?/);
  expect(read.text.trim()).toBe(mail.text);
  expect(read.html.trim()).toBe(mail.html);
};

describe("without a mail server", () => {
  test("a mail is a whole message in a file that is its owner's alone", async () => {
    await start().send(mail);
    const [name = "", ...others] = readdirSync(join(folder, "mail"));
    expect(others).toEqual([]);
    expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-[0-9a-f]{8}\.eml$/);
    const file = join(folder, "mail", name);
    expectWhole(readFileSync(file, "utf8"));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "mail")).mode & 0o777).toBe(0o700);
  });

  test("the log names the file, and neither the person nor what was written", async () => {
    const mailer = start();
    await mailer.send(mail);
    await mailer.send({ ...mail, to: "ANA@example.org" });
    const files = readdirSync(join(folder, "mail"));
    const lines = logged.map((line) => JSON.parse(line));
    expect(lines.map(({ file }) => file).sort()).toEqual(files.sort());
    expect(lines[0].to).toBe(lines[1].to);
    expect(logged.join("")).not.toMatch(/ana@|evening|kůň/i);
  });
});

describe("through a mail server", () => {
  test("mails arrive whole, several over one connection", async () => {
    const server = await startServer();
    const mailer = start(server.url);
    await Promise.all(Array.from({ length: 5 }, () => mailer.send(mail)));
    expect(server.received).toHaveLength(5);
    for (const { from, to, raw } of server.received) {
      expect([from, to]).toEqual(["magpie@site.example", ["ana@example.org"]]);
      expectWhole(raw);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test("one that is away is an error, and no other mail's once it is back", async () => {
    const away = await startServer();
    await away.close();
    const mailer = start(away.url);
    await expect(mailer.send(mail)).rejects.toThrow("The mail server took no mail (ESOCKET)");
    const back = await startServer({ port: away.port });
    await mailer.send(mail);
    expect(back.received).toHaveLength(1);
  });

  test("a connection that the server dropped meanwhile is made anew", async () => {
    const first = await startServer();
    const mailer = start(first.url);
    await mailer.send(mail);
    await first.close();
    const second = await startServer({ port: first.port });
    await mailer.send(mail);
    expect(second.received).toHaveLength(1);
  });

  test("one that refuses is an error that does not tell whom", async () => {
    const server = await startServer({ refuses: (to: string) => to.startsWith("ana") });
    const failure = await start(server.url)
      .send(mail)
      .catch((error: Error) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(String((failure as Error).stack)).toContain("(EENVELOPE 550)");
    expect(String((failure as Error).stack)).not.toContain("ana@");
    expect((failure as Error).cause).toBeUndefined();
  });

  test("one that says nothing is given up within seconds", async () => {
    const server = await startServer({ answers: false });
    const before = Date.now();
    await expect(start(server.url).send(mail)).rejects.toThrow("The mail server took no mail");
    expect(Date.now() - before).toBeLessThan(25_000);
  });
});

test.each([
  ["to", { ...mail, to: "ana@example.org\r\nBcc: eve@example.org" }],
  ["to, a bare newline", { ...mail, to: "ana@example.org\nBcc: eve@example.org" }],
  ["subject", { ...mail, subject: "Hello\r\nBcc: eve@example.org" }],
  ["subject, a bare return", { ...mail, subject: "Hello\rBcc: eve@example.org" }],
])("a second line in a header is refused: %s", async (_what, hostile) => {
  const server = await startServer();
  for (const mailer of [start(), start(server.url)]) {
    await expect(mailer.send(hostile)).rejects.toThrow("cannot have two lines");
  }
  await expect(start(server.url, "Magpie\r\nX: y <m@x.org>").send(mail)).rejects.toThrow();
  expect(server.received).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test("an address is one address, whatever is in it", async () => {
  const server = await startServer();
  const mailer = start(server.url);
  await mailer.send({ ...mail, to: "ana,eve@example.org" });
  expect(server.received.map(({ to }) => to)).toEqual([['"ana,eve"@example.org']]);
});

test("words of a mail read no file", async () => {
  await start().send({ ...mail, text: "/etc/passwd", html: "file:///etc/passwd" });
  const [name = ""] = readdirSync(join(folder, "mail"));
  expect(readFileSync(join(folder, "mail", name), "utf8")).not.toContain("root:");
});
