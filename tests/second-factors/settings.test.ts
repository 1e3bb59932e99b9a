import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { codeAt } from "#tests/factories/second-factors.ts";
import { deliverMails } from "#tests/support/mails.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let now = new Date();
let ana: { id: number; username: string; visitor: Visitor };
const page = "/settings/second-factor";
const minute = 60_000;
const pass = (milliseconds: number) => {
  now = new Date(now.getTime() + milliseconds);
};

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" }, { clock: () => now });
});
beforeEach(async () => {
  now = new Date();
  ana = await signedInPerson(site);
});
afterAll(() => site.close());

const authenticatorOf = ({ id: userId } = ana) =>
  site.deps.database.authenticator.findUnique({ where: { userId } });
const codesLeft = ({ id: userId } = ana) =>
  site.deps.database.recoveryCode.count({ where: { userId } });
const shownCodes = async (visitor = ana.visitor) =>
  (await visitor.get(page)).$(".recovery-codes code").toArray().length;
/** What each waiting mail to them begins with, once it is written. */
const mailsTo = async ({ username } = ana) =>
  (await deliverMails(site))
    .filter(({ headers }) => headers["to"] === `${username}@example.org`)
    .map(({ text }) => text.trimStart().split("\n")[0]);

/** Presses "Set up an app"; answers the secret that the page shows. */
async function begin(visitor = ana.visitor): Promise<string> {
  const answer = await visitor.post(`${page}/begin`);
  expect([answer.status, answer.location]).toEqual([303, page]);
  return (await visitor.get(page)).$(".authenticator-key").text().replace(/\s/g, "");
}

/** Turns it on and reads the codes. */
async function turnOn() {
  const secret = await begin();
  const answer = await ana.visitor.post(page, { code: codeAt(secret, now) });
  expect([answer.status, answer.location]).toEqual([303, page]);
  const { $ } = await ana.visitor.get(page);
  const codes = $(".recovery-codes code").toArray();
  return { secret, codes: codes.map((code) => $(code).text()) };
}

describe("setting an app up", () => {
  test("shows a new secret each time, drawn and to be typed, and keeps none yet", async () => {
    const secret = await begin();
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const answer = await ana.visitor.get(page);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const svg = answer.$("svg.qr");
    expect([svg.attr("role"), svg.attr("aria-label")]).toEqual([
      "img",
      expect.stringContaining("QR code"),
    ]);
    expect(svg.find("path").attr("d")).toMatch(/^(M\d+ \d+h\d+v1h-\d+z)+$/);
    expect(await begin()).not.toBe(secret);
    expect(await authenticatorOf()).toBeNull();
    await ana.visitor.post(`${page}/cancel`);
    expect((await ana.visitor.get(page)).$("svg.qr")).toHaveLength(0);
    const late = await ana.visitor.post(page, { code: codeAt(secret, now) });
    expect([late.status, await authenticatorOf()]).toEqual([303, null]);
  });

  test("ends with its first right code, ten recovery codes shown once, and a mail", async () => {
    const secret = await begin();
    const wrong = await ana.visitor.post(page, { code: codeAt(secret, now, 5) });
    expect([wrong.status, Object.keys(wrong.errors)]).toEqual([422, ["code"]]);
    expect(wrong.$("svg.qr")).toHaveLength(1);
    const code = codeAt(secret, now);
    const answer = await ana.visitor.post(page, { code: `${code.slice(0, 3)} ${code.slice(3)}` });
    expect([answer.status, answer.location]).toEqual([303, page]);
    expect(await shownCodes()).toBe(10);
    expect(await shownCodes()).toBe(0);
    expect([(await authenticatorOf())?.secret, await codesLeft()]).toEqual([secret, 10]);
    expect(await mailsTo()).toEqual(["Two-step sign-in is on."]);
    const { $, text } = await ana.visitor.get(page);
    expect($("main").text()).toMatch(/On since .*You have 10 recovery codes left/s);
    expect(text).not.toContain(secret);
  });

  test("carries its recovery codes as a file: whose, where, since when, what for, one a line", async () => {
    now = new Date("2026-03-14T09:26:00Z");
    const secret = await begin();
    await ana.visitor.post(page, { code: codeAt(secret, now) });
    const { $, headers } = await ana.visitor.get(page);
    expect(headers["cache-control"]).toBe("no-store");
    const codes = $(".recovery-codes code").toArray();
    const link = $(".recovery-codes a[download]");
    expect(link.attr("download")).toBe("magpie-recovery-codes-localhost-3000.txt");
    const [type, content = ""] = link.attr("href")?.split(",") ?? [];
    expect(type).toBe("data:text/plain;charset=utf-8");
    expect(decodeURIComponent(content).split("\n")).toEqual([
      "Magpie recovery codes",
      "Site: localhost:3000",
      `Username: ${ana.username}`,
      "Made: 14 March 2026",
      "",
      "Without your app or passkey, each of them is the second step of signing in, once.",
      "",
      ...codes.map((code) => $(code).text()),
      "",
    ]);
    expect((await ana.visitor.get(page)).$("a[download]")).toHaveLength(0);
  });

  test("uses its code up: it signs nobody in after", async () => {
    const { secret } = await turnOn();
    const visitor = createVisitor(site.app);
    const { username } = ana;
    await visitor.post("/login", { username, password: goodPassword });
    const send = (steps: number) =>
      visitor.post(
        "/login/second-factor",
        { code: codeAt(secret, now, steps) },
        { from: "/login/second-factor" },
      );
    expect((await send(0)).status).toBe(422);
    expect((await send(1)).status).toBe(303);
  });

  test("sent several times at once turns it on once, with ten codes to show", async () => {
    const secret = await begin();
    const csrf = await ana.visitor.csrf();
    const code = codeAt(secret, now);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => ana.visitor.post(page, { code }, { csrf })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(303));
    expect([await codesLeft(), await shownCodes()]).toEqual([10, 10]);
    expect(await mailsTo()).toHaveLength(1);
  });

  test("asks who it is when that was said ten minutes ago, and shows no secret until then", async () => {
    const secret = await begin();
    pass(11 * minute);
    expect((await ana.visitor.get(page)).text).not.toContain("authenticator-key");
    for (const path of [page, `${page}/begin`, `${page}/recovery-codes`]) {
      const answer = await ana.visitor.post(path, { code: codeAt(secret, now) });
      expect([path, answer.status, answer.location?.split("?")[0]]).toEqual([
        path,
        303,
        "/confirm",
      ]);
    }
    expect(await authenticatorOf()).toBeNull();
    await ana.visitor.post("/confirm", { password: goodPassword, next: page });
    expect((await ana.visitor.get(page)).$(".authenticator-key").text().replace(/\s/g, "")).toBe(
      secret,
    );
  });
});

describe("once it is on", () => {
  test("new codes take the place of the old", async () => {
    const { codes } = await turnOn();
    const before = await site.deps.database.recoveryCode.findMany({ where: { userId: ana.id } });
    const answer = await ana.visitor.post(`${page}/recovery-codes`);
    expect([answer.status, answer.location]).toEqual([303, page]);
    expect(await shownCodes()).toBe(10);
    expect(await mailsTo()).toContain("New recovery codes.");
    const after = await site.deps.database.recoveryCode.findMany({ where: { userId: ana.id } });
    const hashes = after.map(({ codeHash }) => codeHash);
    expect(before.filter(({ codeHash }) => hashes.includes(codeHash))).toEqual([]);
    expect((await ana.visitor.post("/confirm", { code: codes[0] ?? "" })).status).toBe(422);
  });

  test("it is turned off by a code, a recovery code or the password, and by nothing less", async () => {
    for (const proof of ["app", "recovery", "password"] as const) {
      const { secret, codes } = await turnOn();
      pass(minute);
      for (const fields of [{}, { code: "000000" }, { password: "not this one" }]) {
        const answer = await ana.visitor.post(`${page}/turn-off`, fields);
        expect([answer.status, Object.keys(answer.errors).length]).toEqual([422, 1]);
      }
      expect(await authenticatorOf()).not.toBeNull();
      const right = {
        app: { code: codeAt(secret, now), password: "" },
        recovery: { code: codes[3] ?? "", password: "" },
        password: { code: "", password: goodPassword },
      }[proof];
      const answer = await ana.visitor.post(`${page}/turn-off`, right);
      expect([proof, answer.status, answer.location]).toEqual([proof, 303, page]);
      expect([await authenticatorOf(), await codesLeft()]).toEqual([null, 0]);
      pass(minute);
    }
    const mails = await mailsTo();
    expect(mails.filter((each) => each === "Two-step sign-in is off.")).toHaveLength(3);
    const visitor = createVisitor(site.app);
    const { username } = ana;
    expect((await visitor.post("/login", { username, password: goodPassword })).location).toBe("/");
  });

  test("the codes stay while a passkey does", async () => {
    await turnOn();
    await site.deps.database.passkey.create({
      data: { id: `key-${ana.id}`, userId: ana.id, name: "Phone", publicKey: Buffer.from([1]) },
    });
    await ana.visitor.post(`${page}/turn-off`, { password: goodPassword });
    expect([await authenticatorOf(), await codesLeft()]).toEqual([null, 10]);
    expect((await ana.visitor.get(page)).$("main").text()).toContain("10 recovery codes left");
  });

  test("another app does not take its place, and there are no codes without a second step", async () => {
    const secret = await begin();
    await ana.visitor.post(page, { code: codeAt(secret, now) });
    await begin();
    expect((await authenticatorOf())?.secret).toBe(secret);
    const bob = await signedInPerson(site);
    expect((await bob.visitor.post(`${page}/recovery-codes`)).status).toBe(404);
    expect((await bob.visitor.post(`${page}/turn-off`, { password: goodPassword })).status).toBe(
      404,
    );
  });
});

const posts = ["", "/begin", "/cancel", "/turn-off", "/recovery-codes"].map((end) => page + end);

test("strangers are asked to sign in, by every page and form", async () => {
  const visitor = createVisitor(site.app);
  for (const path of [page, "/confirm"]) {
    expect((await visitor.get(path)).location).toBe(`/login?next=${encodeURIComponent(path)}`);
  }
  for (const path of [...posts, "/confirm"]) {
    const answer = await visitor.post(path, { code: "123456" });
    expect([path, answer.status, answer.location?.split("?")[0]]).toEqual([path, 303, "/login"]);
  }
});

test("no form is taken without its token, and another member's changes nothing of mine", async () => {
  const { codes } = await turnOn();
  for (const path of [...posts, "/confirm"]) {
    expect([path, (await ana.visitor.post(path, {}, { csrf: null })).status]).toEqual([path, 403]);
  }
  const bob = await signedInPerson(site);
  for (const path of posts) {
    expect((await bob.visitor.post(path, { code: codes[0] ?? "" })).status).not.toBe(500);
  }
  expect([(await authenticatorOf()) !== null, await codesLeft()]).toEqual([true, 10]);
});

test("a script is told in JSON, and junk is refused", async () => {
  const headers = { Accept: "application/json" };
  const wrong = await ana.visitor.post(`${page}/turn-off`, { code: "1" }, { headers });
  expect([wrong.status, wrong.body["code"]]).toEqual([422, "wrong_code"]);
  pass(11 * minute);
  const late = await ana.visitor.post(`${page}/begin`, {}, { headers });
  expect([late.status, late.body["code"]]).toEqual([403, "confirmation_required"]);
  expect((await ana.visitor.post(page, { "code[]": "1" })).status).toBe(400);
});
