import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { newPerson } from "#tests/factories/people.ts";
import { deliverMails, waitingMails } from "#tests/support/mails.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { type Answer, createVisitor } from "#tests/support/visitor.ts";

// Behind a proxy that is trusted, so that one machine can stand for many addresses.
let site: TestApp;
beforeAll(async () => {
  site = await startTestApp({ TRUST_PROXY: "true" });
});
afterAll(() => site.close());

const anybody = async () => {
  const person = newPerson();
  await createPerson(site.deps, person);
  return person;
};

async function asker(path = "/password-reset") {
  const visitor = createVisitor(site.app);
  const csrf = await visitor.csrf();
  return (email: string, address: string): Promise<Answer> =>
    visitor.post(path, { email }, { csrf, headers: { "X-Forwarded-For": address } });
}

const shownOf = ({ status, text, location, headers }: Answer) => ({
  status,
  location,
  text: text.replace(/name="_csrf" value="\w+"/, ""),
  headers: Object.keys(headers).sort(),
});

describe("a known and an unknown address", () => {
  test("get the same answer, by the same queries, with the same limits", async () => {
    const { email } = await anybody();
    const known = await asker();
    const unknown = await asker();
    await known("warm@example.org", "192.0.2.250");
    await unknown("warm@example.org", "192.0.2.251");
    for (let count = 0; count < 7; count += 1) {
      const answers: Answer[] = [];
      const ask = (which: typeof known, typed: string, host: string) =>
        queriesOf(async () => void answers.push(await which(typed, `192.0.2.${host}`)));
      const queries = [
        await ask(known, email, "1"),
        await ask(unknown, "nobody@example.org", "2"),
      ].map((sent) => sent.map(({ text }) => text));
      expect(queries[0]).toEqual(queries[1]);
      const [first, second] = answers.map(shownOf);
      const same = (text = "") => text.replaceAll(email, "").replaceAll("nobody@example.org", "");
      expect({ ...first, text: same(first?.text) }).toEqual({
        ...second,
        text: same(second?.text),
      });
    }
  });

  test("take the same time", async () => {
    const times: Record<string, number[]> = { known: [], unknown: [] };
    const ask = await asker();
    const people = await Promise.all(Array.from({ length: 16 }, anybody));
    // In turn, so that a busy machine is as busy for both.
    for (const [host, { email }] of people.entries()) {
      for (const [kind, typed] of [
        ["known", email],
        ["unknown", newPerson().email],
      ] as const) {
        const before = performance.now();
        expect((await ask(typed, `198.51.100.${host}`)).status).toBe(303);
        times[kind]?.push(performance.now() - before);
      }
    }
    const [known = 0, unknown = 0] = Object.values(times).map((all) => Math.min(...all));
    expect(Math.abs(known - unknown)).toBeLessThan(Math.max(known, unknown) * 0.5 + 5);
  });
});

describe("limits", () => {
  test("end after five links an hour for an address, in any case, from anywhere", async () => {
    const { email } = await anybody();
    const before = (await waitingMails(site)).length;
    const ask = await asker();
    for (let host = 0; host < 5; host += 1) {
      expect((await ask(email.toUpperCase(), `203.0.113.${host}`)).status).toBe(303);
    }
    const refused = await ask(email, "203.0.113.9");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(3000);
    expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(3600);
    expect(refused.errors["email"]).toContain("Try again in");
    expect(refused.$("input[name=email]").val()).toBe(email);
    expect((await waitingMails(site)).length).toBe(before + 5);
  });

  test("end after thirty mails an hour from one network, confirmations too", async () => {
    const ask = await asker();
    const again = await asker("/confirm-email/resend");
    for (let count = 0; count < 15; count += 1) {
      const address = `2001:db8:9:9::${count}`;
      expect((await ask(newPerson().email, address)).status).toBe(303);
      expect((await again(newPerson().email, address)).status).toBe(303);
    }
    for (const other of [ask, again]) {
      const refused = await other(newPerson().email, "2001:db8:9:9:ffff::1");
      expect([refused.status, Number(refused.headers["retry-after"]) > 0]).toEqual([429, true]);
    }
    expect((await ask(newPerson().email, "2001:db8:9:a::1")).status).toBe(303);
  });

  test("hold for many that are sent at once", async () => {
    const { email } = await anybody();
    const ask = await asker();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, host) => ask(email, `203.0.114.${host}`)),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
  });
});

test("a sign-in that has to wait leads to a new password, which signs in at once", async () => {
  const { username, email } = await anybody();
  const visitor = createVisitor(site.app);
  const csrf = await visitor.csrf();
  const headers = { "X-Forwarded-For": "192.0.2.99" };
  const guess = () => visitor.post("/login", { username, password: "wrong-1" }, { csrf, headers });
  const leads = ({ $ }: Answer) => $('form a[href="/password-reset"]').length;
  let answer = await guess();
  expect([answer.status, leads(answer)]).toEqual([422, 0]);
  for (let count = 0; count < 10; count += 1) answer = await guess();
  expect([answer.status, leads(answer)]).toEqual([429, 1]);

  await deliverMails(site);
  await visitor.post("/password-reset", { email }, { csrf, headers });
  const [mail] = await deliverMails(site);
  const password = "quince-and-medlar";
  await visitor.post(mail?.path ?? "", { password, password2: password }, { csrf, headers });
  const entered = await visitor.post("/login", { username, password }, { csrf, headers });
  expect([entered.status, entered.location]).toEqual([303, "/"]);
});
