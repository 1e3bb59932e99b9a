import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig, WrongSetting } from "#config";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "magpie-config-"));
  writeFileSync(join(folder, "a-file"), "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (settings: Record<string, string> = {}) =>
  readConfig({ DATA_DIR: join(folder, "data"), ...settings });

test("every setting has the default that is promised", () => {
  const config = read();
  expect(config).toMatchObject({
    production: false,
    port: 3000,
    host: "127.0.0.1",
    baseUrl: "http://localhost:3000",
    https: false,
    databaseUrl: undefined,
    redisUrl: undefined,
    admin: { username: "admin", email: "admin@localhost", password: undefined },
    seedDemo: true,
    fetchAllow: [],
    maxImageBytes: 25 * 1024 * 1024,
    maxImagePixels: 50_000_000,
    signUpsOpen: true,
    membersOnly: false,
    smtpUrl: undefined,
    mailFrom: "Magpie <magpie@localhost>",
    emailConfirmationRequired: false,
    trustProxy: false,
    rateLimits: true,
    webProcesses: 1,
    logLevel: "info",
  });
  expect(config.dataFolder).toBe(join(folder, "data"));
  expect(readConfig({ DATA_DIR: relative(join(folder, "data")) }).dataFolder).toBe(
    join(folder, "data"),
  );
});
const relative = (path: string) => `.${"/..".repeat(process.cwd().split("/").length - 1)}${path}`;

test("an empty value is an unset one", () => {
  const names = [
    "PORT",
    "HOST",
    "BASE_URL",
    "DATABASE_URL",
    "REDIS_URL",
    "SESSION_SECRET",
    "ADMIN_PASSWORD",
    "SEED_DEMO",
    "FETCH_ALLOW",
    "SMTP_URL",
    "MAIL_FROM",
    "EMAIL_CONFIRMATION",
    "TRUST_PROXY",
    "SIGN_UPS",
    "LOG_LEVEL",
  ];
  expect(read(Object.fromEntries(names.map((name) => [name, ""])))).toEqual(read());
});

test.each<[string, string, object]>([
  ["PORT", "8080", { port: 8080, baseUrl: "http://localhost:8080", baseUrlFollowsPort: true }],
  ["PORT", "0", { port: 0 }],
  ["HOST", "0.0.0.0", { host: "0.0.0.0" }],
  ["HOST", "::", { host: "::" }],
  [
    "BASE_URL",
    "https://magpie.example/",
    { baseUrl: "https://magpie.example", https: true, baseUrlFollowsPort: false },
  ],
  ["BASE_URL", "http://nas.lan:8080", { baseUrl: "http://nas.lan:8080", https: false }],
  ["DATABASE_URL", "postgres://u:p@db/x", { databaseUrl: "postgres://u:p@db/x", seedDemo: false }],
  ["REDIS_URL", "rediss://cache:6379", { redisUrl: "rediss://cache:6379" }],
  ["SESSION_SECRET", " new , old,", { sessionSecrets: ["new", "old"] }],
  ["ADMIN_USERNAME", "Root.1", { admin: { username: "Root.1" } }],
  ["ADMIN_PASSWORD", "čtyřicet", { admin: { password: "čtyřicet" } }],
  ["SEED_DEMO", "false", { seedDemo: false }],
  [
    "FETCH_ALLOW",
    "nas.lan:8080, 10.0.0.0/8",
    { fetchAllow: [{ host: "nas.lan", port: 8080 }, { prefix: 8 }] },
  ],
  ["MAX_IMAGE_BYTES", "1024", { maxImageBytes: 1024 }],
  ["SIGN_UPS", "closed", { signUpsOpen: false }],
  ["BROWSING", "members", { membersOnly: true }],
  ["SMTP_URL", "smtp://u:p@mail.example:587", { smtpUrl: "smtp://u:p@mail.example:587" }],
  ["MAIL_FROM", "Nest <nest@example.org>", { mailFrom: "Nest <nest@example.org>" }],
  [
    "BASE_URL",
    "https://magpie.example:8443",
    { mailFrom: "Magpie <magpie@magpie.example>", smtpUrl: undefined },
  ],
  ["EMAIL_CONFIRMATION", "required", { emailConfirmationRequired: true }],
  ["EMAIL_CONFIRMATION", "optional", { emailConfirmationRequired: false }],
  ["TRUST_PROXY", "true", { trustProxy: true }],
  ["TRUST_PROXY", "false", { trustProxy: false }],
  ["TRUST_PROXY", "2", { trustProxy: 2 }],
  ["TRUST_PROXY", "loopback, 10.0.0.0/8, fd00::1", { trustProxy: "loopback, 10.0.0.0/8, fd00::1" }],
  ["RATE_LIMITS", "off", { rateLimits: false }],
  ["WEB_PROCESSES", "4", { webProcesses: 4 }],
  ["LOG_LEVEL", "silent", { logLevel: "silent" }],
])("%s=%s is understood", (name, value, expected) => {
  expect(read({ [name]: value })).toMatchObject(expected);
});

test("SEED_DEMO=true holds for a database of one's own, too", () => {
  expect(read({ DATABASE_URL: "postgres://db/x", SEED_DEMO: "true" }).seedDemo).toBe(true);
});

describe("a wrong value stops the start with one sentence that names the setting", () => {
  test.each<[string, string[]]>([
    ["PORT", ["abc", "-1", "65536", "80.5", "0x50", "1e3", " 80"]],
    ["HOST", ["http://localhost", "a b"]],
    [
      "BASE_URL",
      ["magpie.example", "ftp://x", "https://x/magpie", "https://x?y", "https://x#y", "https://"],
    ],
    ["DATABASE_URL", ["mysql://x", "db", "localhost:5432/x"]],
    ["REDIS_URL", ["http://x", "cache:6379"]],
    ["ADMIN_USERNAME", ["a b", "a@b", "-x", "x".repeat(51)]],
    ["ADMIN_EMAIL", ["admin", "a b@c", "a@b@c", `${"x".repeat(254)}@y`]],
    ["ADMIN_PASSWORD", ["short-7", "x".repeat(129)]],
    ["SEED_DEMO", ["yes", "1", "TRUE"]],
    ["FETCH_ALLOW", ["foo", "10.0.0.0/33", "http://x:80", "nas:0", "a:80,b"]],
    ["MAX_IMAGE_BYTES", ["0", "25MB", "99999999999999999999"]],
    ["MAX_IMAGE_PIXELS", ["0", "1e9"]],
    ["SIGN_UPS", ["yes", "OPEN"]],
    ["BROWSING", ["private"]],
    ["SMTP_URL", ["x", "http://mail"]],
    ["MAIL_FROM", ["a@b.org\r\nBcc: x@y.org"]],
    ["EMAIL_CONFIRMATION", ["yes", "true", "REQUIRED"]],
    ["TRUST_PROXY", ["yes", "foo", "10.0.0.0/99", "10.0.0.1,,", "-1", "10.0.0.1/8/8"]],
    ["RATE_LIMITS", ["false"]],
    ["WEB_PROCESSES", ["0", "many", "65"]],
    ["LOG_LEVEL", ["verbose"]],
  ])("%s", (name, values) => {
    for (const value of values) {
      let said: unknown;
      try {
        read({ [name]: value });
      } catch (error) {
        said = error;
      }
      expect([value, said]).toEqual([value, expect.any(WrongSetting)]);
      const { message } = said as Error;
      expect(message).toMatch(new RegExp(`^The setting ${name} [^\\n]+\\.$`));
    }
  });

  test("DATA_DIR, when nothing can be kept there", () => {
    for (const DATA_DIR of [join(folder, "a-file"), join(folder, "a-file", "below")]) {
      expect(() => readConfig({ DATA_DIR })).toThrow(/^The setting DATA_DIR [^\n]+\.$/);
    }
  });

  test("SESSION_SECRET, when it is missing in production", () => {
    for (const SESSION_SECRET of ["", ",", " , "]) {
      expect(() => read({ NODE_ENV: "production", SESSION_SECRET })).toThrow(
        /^The setting SESSION_SECRET is required when NODE_ENV is production\.$/,
      );
    }
    expect(read({ NODE_ENV: "production", SESSION_SECRET: "x" }).production).toBe(true);
  });
});

test("a generated session secret is long, stays the same and is its owner's alone", () => {
  const [secret = "", ...others] = read().sessionSecrets;
  expect(others).toEqual([]);
  expect(secret.length).toBeGreaterThanOrEqual(43);
  expect(read().sessionSecrets).toEqual([secret]);
  const file = resolve(folder, "data", "session-secret");
  expect(readFileSync(file, "utf8").trim()).toBe(secret);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
