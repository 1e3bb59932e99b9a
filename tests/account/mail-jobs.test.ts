import { afterAll, beforeAll, expect, test } from "vitest";
import { sendMailQueue } from "#features/account/send-mail.ts";
import { newPerson } from "#tests/factories/people.ts";
import { type MailServer, startMailServer } from "#tests/support/mail-server.ts";
import { readMail } from "#tests/support/mails.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";
import { startWorker } from "../../src/worker.ts";

let site: TestApp;
let server: MailServer;
beforeAll(async () => {
  server = await startMailServer();
  site = await startTestApp({ SMTP_URL: server.url, MAIL_FROM: "The nest <nest@example.net>" });
  await startWorker(site.deps);
});
afterAll(async () => {
  await site.close();
  await server.close();
});

const join = async () => {
  const { username, email, password } = newPerson();
  const form = { username, email, password, password2: password };
  const answer = await createVisitor(site.app).post("/register", form, { from: "/register" });
  expect(answer.status).toBe(303);
  return email;
};
const jobsOf = () =>
  site.deps.database.$queryRaw<{ state: string; output: { message?: string } | null }[]>`
    select state::text, output from pgboss.job where name = ${sendMailQueue}
    order by created_on desc, id`;

test("the worker sends what a person's deed caused", async () => {
  const email = await join();
  await expect.poll(() => server.received.length).toBe(1);
  const [mail] = server.received;
  expect([mail?.from, mail?.to]).toEqual(["nest@example.net", [email]]);
  const { headers, path } = readMail(mail?.raw ?? "");
  expect(headers["from"]).toBe("The nest <nest@example.net>");
  expect((await createVisitor(site.app).post(path)).status).toBe(303);
});

test("a mail waits for a server that is away, and is sent when it is back", async () => {
  await server.close();
  const email = await join();
  const latest = async () => (await jobsOf())[0];
  await expect.poll(async () => (await latest())?.state).toBe("retry");
  const [{ wait = 0 } = {}] = await site.deps.database.$queryRaw<{ wait: number }[]>`
    select extract(epoch from start_after - now())::float as wait
    from pgboss.job where name = ${sendMailQueue} and state = 'retry'`;
  expect(wait).toBeGreaterThan(3);
  expect(wait).toBeLessThan(25);
  const failure = JSON.stringify(await latest());
  expect(failure).toContain("The mail server took no mail");
  expect(failure).not.toContain(email);

  server = await startMailServer({ port: server.port });
  await site.deps.database.$executeRaw`
    update pgboss.job set start_after = now() where name = ${sendMailQueue}`;
  await expect.poll(() => server.received.length).toBe(1);
  const { path } = readMail(server.received[0]?.raw ?? "");
  expect((await createVisitor(site.app).post(path)).status).toBe(303);
  await expect.poll(async () => (await latest())?.state).toBe("completed");
});

test("a job keeps no key to an account, and is kept for a day only", async () => {
  const rows = await site.deps.database.$queryRaw<{ data: unknown; kept: number }[]>`
    select data, deletion_seconds as kept from pgboss.job where name = ${sendMailQueue}`;
  expect(rows.length).toBeGreaterThan(0);
  for (const { data, kept } of rows) {
    expect(Object.keys(data as object).sort()).toEqual(["template", "userId"]);
    expect(kept).toBe(86_400);
  }
});
