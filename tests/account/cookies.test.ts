import supertest from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "#app";
import { readConfig } from "#config";
import { createPerson } from "#features/account/register-person.ts";
import { goodPassword, newPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let plain: TestApp;
let secure: TestApp;

beforeAll(async () => {
  [plain, secure] = await Promise.all([
    startTestApp({ SESSION_SECRET: "the old one" }),
    startTestApp({ BASE_URL: "https://magpie.example" }),
  ]);
});
afterAll(() => Promise.all([plain.close(), secure.close()]));

const lines = (headers: Record<string, unknown>) =>
  [headers["set-cookie"] ?? []].flat().map(String);
const pairOf = (line: string | undefined) => line?.split(";")[0] ?? "";
const isAlive = async (app: TestApp["app"], cookie: string) =>
  (await supertest(app).get("/images/new").set("Cookie", cookie)).status === 200;

async function signIn(site: TestApp): Promise<string[]> {
  const person = newPerson();
  await createPerson(site.deps, person);
  const agent = supertest(site.app);
  const page = await agent.get("/login");
  const csrf = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
  const answer = await agent
    .post("/login")
    .type("form")
    .set("Cookie", pairOf(lines(page.headers)[0]))
    .send({ _csrf: csrf, username: person.username, password: goodPassword, keep: "on" });
  expect(answer.status).toBe(303);
  return lines(answer.headers);
}

test("over plain HTTP one cookie is set, for two weeks where it is kept, out of reach of scripts and other sites", async () => {
  const cookies = await signIn(plain);
  expect(cookies).toHaveLength(1);
  const [line = ""] = cookies;
  expect(line).toMatch(/^magpie=s%3A/);
  const attributes = line.split("; ").slice(1);
  expect(attributes).toEqual(expect.arrayContaining(["Path=/", "HttpOnly", "SameSite=Lax"]));
  expect(attributes.join()).not.toMatch(/secure|domain/i);
  const expires = Date.parse(/Expires=([^;]+)/.exec(line)?.[1] ?? "");
  expect(Math.abs(expires - Date.now() - 14 * 86_400_000)).toBeLessThan(60_000);
});

describe("a site whose address is https", () => {
  test("sets a __Host- cookie that is Secure, whether or not a proxy says https", async () => {
    const [line = ""] = await signIn(secure);
    expect(line).toMatch(/^__Host-magpie=s%3A/);
    expect(line.split("; ")).toEqual(
      expect.arrayContaining(["Path=/", "HttpOnly", "Secure", "SameSite=Lax"]),
    );
    expect(line).not.toMatch(/domain/i);
    expect(await isAlive(secure.app, pairOf(line))).toBe(true);
  });

  test("does not take a cookie without the prefix", async () => {
    const [line = ""] = await signIn(secure);
    expect(await isAlive(secure.app, pairOf(line).replace("__Host-", ""))).toBe(false);
  });

  test("tells browsers to stay with https, and a plain one does not", async () => {
    const onHttps = await createVisitor(secure.app).get("/");
    expect(onHttps.headers["strict-transport-security"]).toBe("max-age=31536000");
    expect(onHttps.headers["content-security-policy"]).toContain("upgrade-insecure-requests");
    const onHttp = await createVisitor(plain.app).get("/", { "X-Forwarded-Proto": "https" });
    expect(onHttp.headers["strict-transport-security"]).toBeUndefined();
    expect(onHttp.headers["content-security-policy"]).not.toContain("upgrade-insecure-requests");
  });

  test("takes forms that come from that address only", async () => {
    const visitor = createVisitor(secure.app);
    const answer = await visitor.post(
      "/logout",
      {},
      { headers: { Origin: "http://magpie.example" } },
    );
    expect(answer.status).toBe(403);
  });
});

test("a session signed with the old secret lives on while that secret is kept, and no longer", async () => {
  const cookie = pairOf((await signIn(plain))[0]);
  const withSecrets = (setting: string) => {
    const { databaseUrl, dataFolder } = plain;
    const settings = { DATABASE_URL: databaseUrl, DATA_DIR: dataFolder, SESSION_SECRET: setting };
    return createApp({ ...plain.deps, config: readConfig(settings) }, { isStopping: () => false });
  };
  expect(await isAlive(withSecrets("the new one,the old one"), cookie)).toBe(true);
  expect(await isAlive(withSecrets("the new one, the old one "), cookie)).toBe(true);
  expect(await isAlive(withSecrets("the new one"), cookie)).toBe(false);
  const [line] = await signIn({ ...plain, app: withSecrets("the new one,the old one") });
  expect(await isAlive(withSecrets("the new one"), pairOf(line))).toBe(true);
});
