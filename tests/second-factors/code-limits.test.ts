import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { changePassword } from "#features/account/change-password.ts";
import { createPerson } from "#features/account/register-person.ts";
import { takeCode } from "#features/second-factors/take-code.ts";
import { Invalid, TooManyRequests } from "#lib/errors.ts";
import { goodPassword, newPerson } from "#tests/factories/people.ts";
import { codeAt, giveAuthenticator } from "#tests/factories/second-factors.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
let ana: { id: number; username: string; secret: string; recoveryCodes: string[] };

beforeAll(async () => {
  site = await startTestApp();
});
beforeEach(async () => {
  const { id, username } = await createPerson(site.deps, newPerson());
  ana = { id, username, ...(await giveAuthenticator(site, { id })) };
});
afterAll(() => site.close());

const home = "203.0.113.5";
const right = (steps = 0) => codeAt(ana.secret, new Date(), steps);
const wrong = () => String((Number(right()) + 500_000) % 1_000_000).padStart(6, "0");
const tryCode = (code: string, address = home) =>
  takeCode(site.deps, { person: ana, code, address }).catch((error) => error);
const guess = async (times: number, address: (index: number) => string) => {
  for (let index = 0; index < times; index += 1) await tryCode(wrong(), address(index));
};
/** Ten thousand households, each a network of its own. */
const elsewhere = (index: number) => `198.51.${100 + Math.floor(index / 250)}.${index % 250}`;

test("ten tries from one network, right or wrong, app or recovery code; then a while of nothing", async () => {
  await guess(10, () => home);
  for (const code of [right(), ana.recoveryCodes[0] ?? ""]) {
    expect(await tryCode(code)).toBeInstanceOf(TooManyRequests);
  }
  expect(await tryCode(right(), "203.0.113.6")).toBe("authenticator");
});

test("a hundred at the same moment are not more than ten", async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, () => tryCode(wrong())));
  expect(answers.filter((answer) => answer instanceof Invalid)).toHaveLength(10);
  expect(answers.filter((answer) => answer instanceof TooManyRequests)).toHaveLength(90);
});

test("guessed from everywhere, only known networks and recovery codes are let in", async () => {
  expect(await tryCode(right(-1))).toBe("authenticator");
  await guess(55, elsewhere);
  expect(await tryCode(right(1), "192.0.2.77")).toBeInstanceOf(TooManyRequests);
  expect(await tryCode(ana.recoveryCodes[0] ?? "", "192.0.2.77")).toBe("recovery");
  await guess(2, () => home);
  expect(await tryCode(right())).toBe("authenticator");
  await guess(3, () => home);
  expect(await tryCode(right(1))).toBeInstanceOf(TooManyRequests);
});

test("a new password begins the count anew", async () => {
  await guess(51, elsewhere);
  expect(await tryCode(right(), "192.0.2.78")).toBeInstanceOf(TooManyRequests);
  await changePassword(site.deps, { username: ana.username, password: "quince-and-medlar" });
  expect(await tryCode(right(), "192.0.2.78")).toBe("authenticator");
});

test("the page says so beside its field, with when to try again", async () => {
  const path = "/login/second-factor";
  const visitor = createVisitor(site.app);
  await visitor.post("/login", { username: ana.username, password: goodPassword });
  const send = () => visitor.post(path, { code: wrong() }, { from: path });
  for (let index = 0; index < 10; index += 1) expect((await send()).status).toBe(422);
  const answer = await send();
  expect([answer.status, Object.keys(answer.errors)]).toEqual([429, ["code"]]);
  expect(Number(answer.headers["retry-after"])).toBeGreaterThan(60);
});
