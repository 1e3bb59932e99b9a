import { afterAll, beforeAll, expect, test } from "vitest";
import { registry } from "#features/admin/registry.ts";
import { type Caller, halfSignedIn, signedIn, stranger } from "#tests/admin/callers.ts";
import { createRow } from "#tests/admin/rows.ts";
import { routesOf } from "#tests/admin/site-routes.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;

beforeAll(async () => {
  const provider = { OIDC_ISSUER: "http://127.0.0.1:9", OIDC_CLIENT_ID: "magpie" };
  site = await startTestApp({ RATE_LIMITS: "off", ...provider });
});
afterAll(() => site.close());

const callers: [string, () => Promise<Caller>][] = [
  ["a stranger", () => stranger(site)],
  ["somebody half signed in", () => halfSignedIn(site)],
  ["a superuser", () => signedIn(site, { isStaff: true, isSuperuser: true })],
];

test.each(callers)("%s gets an answer to every form without its fields", async (_, start) => {
  const staying = await start();
  for (const { method, path } of routesOf(site.app)) {
    if (method !== "post") continue;
    for (const { name } of path.includes(":model") ? registry : [{ name: "" }]) {
      for (const body of ["none", "multipart"] as const) {
        const caller = path === "/logout" ? await start() : staying;
        const key = path.includes(":key") ? await createRow(site.deps.database, name) : "";
        const address = path
          .replace(":model", name)
          .replace(":key", key)
          .replace(":username", caller.username)
          .replace(/:\w+/g, "1");
        const { status } = await caller.send("post", address, { body });
        expect([address, body, status]).toEqual([address, body, expect.toSatisfy(isAnswer)]);
      }
    }
  }
});

const isAnswer = (status: number) => status < 500;
