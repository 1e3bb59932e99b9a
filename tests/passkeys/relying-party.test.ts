import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { relyingPartyOf } from "#features/passkeys/relying-party.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

test.each([
  ["https://magpie.example.org", "magpie.example.org", true],
  ["https://magpie.example.org:8443", "magpie.example.org", true],
  ["https://magpie", "magpie", true],
  ["http://localhost:3000", "localhost", true],
  ["http://magpie.localhost", "magpie.localhost", true],
  ["http://notlocalhost", "notlocalhost", false],
  ["http://magpie.example.org", "magpie.example.org", false],
  ["http://127.0.0.1:3000", "127.0.0.1", false],
  ["https://192.168.1.5", "192.168.1.5", false],
  ["https://[::1]:3000", "[::1]", false],
])("%s binds passkeys to %s, possible: %s", (baseUrl, id, isPossible) => {
  expect(relyingPartyOf({ baseUrl })).toEqual({ id, origin: baseUrl, isPossible });
});

describe("on a home network without https", () => {
  let site: TestApp;
  beforeAll(async () => {
    site = await startTestApp({ BASE_URL: "http://192.168.1.5:3000" });
  });
  afterAll(() => site.close());

  test("the sign-in page offers none, and the settings say why", async () => {
    const { text } = await createVisitor(site.app).get("/login");
    expect(text).not.toMatch(/data-passkey|passkeys\.\w+\.js/);
    const { visitor } = await signedInPerson(site);
    const { $ } = await visitor.get("/settings/passkeys");
    expect($(".notice").text()).toBe(
      "Passkeys need a site with a name and https. This one is at http://192.168.1.5:3000.",
    );
    expect($("[data-passkey]")).toHaveLength(0);
  });
});
