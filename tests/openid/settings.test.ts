import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readConfig, WrongSetting } from "#config";

const folder = mkdtempSync(join(tmpdir(), "magpie-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (settings: Record<string, string>) =>
  readConfig({ DATA_DIR: folder, ...settings }).openid;
const issuer = "https://id.example.org/realms/nest";

test("without an issuer nobody signs in by another service, whatever else is set", () => {
  expect(read({})).toBeNull();
  const others = { OIDC_CLIENT_ID: "x", OIDC_CLIENT_SECRET: "y", OIDC_NAME: "z" };
  expect(read({ OIDC_ISSUER: "", ...others })).toBeNull();
});

test("an issuer and a client's name are enough", () => {
  expect(read({ OIDC_ISSUER: issuer, OIDC_CLIENT_ID: "magpie" })).toEqual({
    issuer,
    clientId: "magpie",
    clientSecret: undefined,
    name: "id.example.org",
  });
  const all = { OIDC_CLIENT_ID: "m", OIDC_CLIENT_SECRET: "s e", OIDC_NAME: "Öffentliche Bücherei" };
  expect(read({ OIDC_ISSUER: issuer, ...all })).toMatchObject({
    clientSecret: "s e",
    name: "Öffentliche Bücherei",
  });
});

test.each(["http://localhost:8080", "http://127.0.0.1/x", "http://[::1]:1", "https://10.0.0.1"])(
  "%s may be an issuer",
  (address) => expect(read({ OIDC_ISSUER: address, OIDC_CLIENT_ID: "x" })?.issuer).toBe(address),
);

test.each<[string, Record<string, string>]>([
  ["OIDC_ISSUER", { OIDC_ISSUER: "id.example.org" }],
  ["OIDC_ISSUER", { OIDC_ISSUER: "http://id.example.org" }],
  ["OIDC_ISSUER", { OIDC_ISSUER: "http://localhost.example.org" }],
  ["OIDC_ISSUER", { OIDC_ISSUER: "http://127.0.0.1.example.org" }],
  ["OIDC_ISSUER", { OIDC_ISSUER: "ftp://localhost" }],
  ["OIDC_ISSUER", { OIDC_ISSUER: `${issuer}?x` }],
  ["OIDC_ISSUER", { OIDC_ISSUER: `${issuer}#x` }],
  ["OIDC_ISSUER", { OIDC_ISSUER: "https://u:p@id.example.org" }],
  ["OIDC_ISSUER", { OIDC_ISSUER: `${issuer}/.well-known/openid-configuration` }],
  ["OIDC_CLIENT_ID", { OIDC_CLIENT_ID: "" }],
  ["OIDC_CLIENT_ID", { OIDC_CLIENT_ID: "a\nb" }],
  ["OIDC_CLIENT_SECRET", { OIDC_CLIENT_SECRET: "a\nb" }],
  ["OIDC_NAME", { OIDC_NAME: "a\nb" }],
  ["OIDC_NAME", { OIDC_NAME: "x".repeat(41) }],
])("a wrong %s stops the start with a sentence: %o", (name, settings) => {
  const right = { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: "magpie" };
  let said: unknown;
  try {
    read({ ...right, ...settings });
  } catch (error) {
    said = error;
  }
  expect(said).toBeInstanceOf(WrongSetting);
  expect((said as Error).message).toMatch(new RegExp(`^The setting ${name} [^\\n]+\\.$`));
});
