import { accessSync, constants, mkdirSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { z } from "zod";
import { type FetchAllow, parseFetchAllow } from "#platform/address-rules.ts";
import { readOrCreateSecret } from "#platform/secrets.ts";

/** An empty value means unset: `REDIS_URL= npm start` is how people switch a setting off. */
const setting = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema);

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((n) => n >= least && n <= most, `must be a whole number from ${least} to ${most}`);

const oneOf = <T extends string>(...values: [T, ...T[]]) =>
  z.enum(values, `must be ${values.map((value) => `"${value}"`).join(" or ")}`);

const address = (...schemes: string[]) =>
  z.string().refine(
    (value) => {
      const url = URL.parse(value);
      return url !== null && schemes.includes(url.protocol.slice(0, -1));
    },
    `must be an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`,
  );

const matching = (pattern: RegExp, sentence: string) => z.string().regex(pattern, sentence);

/** Whom to trust is fetched from here, so nobody on the way may answer in its place. */
const issuer = z.string().refine((value) => {
  const url = URL.parse(value);
  if (!url || url.username || url.password || url.search || url.hash) return false;
  const isHere = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && isHere);
}, "must be the provider's address, with https:// (http:// only on this machine)");

const environmentSchema = z.object({
  NODE_ENV: setting(z.string().default("development")),
  PORT: setting(wholeNumber(0, 65_535).default(3000)),
  HOST: setting(matching(/^[^\s/]+$/, "must be an address or a name").default("127.0.0.1")),
  BASE_URL: setting(address("http", "https").optional()),
  DATA_DIR: setting(z.string().default("./.data")),
  DATABASE_URL: setting(address("postgres", "postgresql").optional()),
  REDIS_URL: setting(address("redis", "rediss", "unix").optional()),
  SESSION_SECRET: setting(z.string().optional()),
  // The rules of the columns they fill; more cannot be asked of a name on a home network.
  ADMIN_USERNAME: setting(
    matching(
      /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,49}$/,
      "must have at most 50 letters a to z, digits, dots, hyphens and underscores",
    ).default("admin"),
  ),
  ADMIN_EMAIL: setting(
    matching(/^(?=.{3,254}$)[^@\s]+@[^@\s]+$/, "must be an e-mail address").default(
      "admin@localhost",
    ),
  ),
  ADMIN_PASSWORD: setting(
    matching(/^.{8,128}$/su, "must have from 8 to 128 characters").optional(),
  ),
  SEED_DEMO: setting(oneOf("true", "false").optional()),
  FETCH_ALLOW: setting(z.string().default("")),
  MAX_IMAGE_BYTES: setting(wholeNumber(1024, 2 ** 30).default(25 * 2 ** 20)),
  MAX_IMAGE_PIXELS: setting(wholeNumber(10_000, 1_000_000_000).default(50_000_000)),
  SIGN_UPS: setting(oneOf("open", "closed").default("open")),
  BROWSING: setting(oneOf("public", "members").default("public")),
  SMTP_URL: setting(address("smtp", "smtps").optional()),
  MAIL_FROM: setting(matching(/^[^\r\n]+$/, "must be one line").optional()),
  EMAIL_CONFIRMATION: setting(oneOf("required", "optional").default("optional")),
  OIDC_ISSUER: setting(
    issuer
      .refine(
        (value) => !value.includes("/.well-known/"),
        "must be the provider's address itself, without /.well-known/ and what follows",
      )
      .optional(),
  ),
  OIDC_CLIENT_ID: setting(matching(/^[\x20-\x7e]+$/, "must be one line of ASCII").optional()),
  OIDC_CLIENT_SECRET: setting(matching(/^[\x20-\x7e]+$/, "must be one line of ASCII").optional()),
  OIDC_NAME: setting(
    matching(/^\P{Cc}{1,40}$/u, "must be one line of at most 40 characters").optional(),
  ),
  TRUST_PROXY: setting(z.string().optional()),
  RATE_LIMITS: setting(oneOf("on", "off").default("on")),
  WEB_PROCESSES: setting(wholeNumber(1, 64).default(1)),
  LOG_LEVEL: setting(
    oneOf("fatal", "error", "warn", "info", "debug", "trace", "silent").default("info"),
  ),
});

export class WrongSetting extends Error {}

export type Config = ReturnType<typeof readConfig>;

/** @throws WrongSetting with one sentence that names the setting. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env) {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new WrongSetting(`The setting ${issue?.path.join(".")} ${issue?.message}.`);
  }
  const env = parsed.data;
  const dataFolder = resolve(env.DATA_DIR);
  const production = env.NODE_ENV === "production";
  const givenSecrets = secretsIn(env.SESSION_SECRET);
  if (production && givenSecrets.length === 0) {
    throw new WrongSetting("The setting SESSION_SECRET is required when NODE_ENV is production.");
  }
  const baseUrl = new URL(env.BASE_URL ?? `http://localhost:${env.PORT}`);
  if (baseUrl.pathname !== "/" || baseUrl.search || baseUrl.hash) {
    throw new WrongSetting("The setting BASE_URL must be an origin, without a path.");
  }

  requireWritable(dataFolder);

  return {
    production,
    port: env.PORT,
    host: env.HOST,
    /** Without a trailing slash. */
    baseUrl: baseUrl.origin,
    /** Whether the base address is named after the port, which a PORT of 0 leaves open until the start. */
    baseUrlFollowsPort: env.BASE_URL === undefined,
    https: baseUrl.protocol === "https:",
    dataFolder,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    // A generated one outlives restarts in the data folder.
    sessionSecrets:
      givenSecrets.length > 0 ? givenSecrets : [readOrCreateSecret(dataFolder, "session-secret")],
    admin: {
      username: env.ADMIN_USERNAME,
      email: env.ADMIN_EMAIL,
      password: env.ADMIN_PASSWORD,
    },
    seedDemo:
      env.SEED_DEMO === undefined ? env.DATABASE_URL === undefined : env.SEED_DEMO === "true",
    fetchAllow: fetchAllow(env.FETCH_ALLOW),
    maxImageBytes: env.MAX_IMAGE_BYTES,
    maxImagePixels: env.MAX_IMAGE_PIXELS,
    signUpsOpen: env.SIGN_UPS === "open",
    membersOnly: env.BROWSING === "members",
    smtpUrl: env.SMTP_URL,
    mailFrom: env.MAIL_FROM ?? `Magpie <magpie@${baseUrl.hostname}>`,
    emailConfirmationRequired: env.EMAIL_CONFIRMATION === "required",
    openid: openid(env),
    trustProxy: trustProxy(env.TRUST_PROXY),
    rateLimits: env.RATE_LIMITS === "on",
    webProcesses: env.WEB_PROCESSES,
    logLevel: env.LOG_LEVEL,
  };
}

/** Null where nobody signs in by another service. */
function openid(env: z.output<typeof environmentSchema>) {
  const { OIDC_ISSUER: address, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = env;
  if (!address) return null;
  if (!clientId) {
    throw new WrongSetting("The setting OIDC_CLIENT_ID is required when OIDC_ISSUER is set.");
  }
  return { issuer: address, clientId, clientSecret, name: env.OIDC_NAME ?? new URL(address).host };
}

/** The first secret signs, all verify. */
const secretsIn = (setting = ""): string[] =>
  setting
    .split(",")
    .map((secret) => secret.trim())
    .filter(Boolean);

function requireWritable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new WrongSetting(
      `The setting DATA_DIR names a folder that cannot be used: ${folder} (${code}).`,
    );
  }
}

function fetchAllow(setting: string): FetchAllow {
  try {
    return parseFetchAllow(setting);
  } catch (error) {
    throw new WrongSetting(`The setting ${(error as Error).message}`);
  }
}

/** Express's `trust proxy`: true, false, a number of hops, or a list of addresses. */
function trustProxy(setting: string | undefined): boolean | number | string {
  if (setting === undefined || setting === "false") return false;
  if (setting === "true") return true;
  if (/^\d+$/.test(setting)) return Number(setting);
  const names = ["loopback", "linklocal", "uniquelocal"];
  for (const entry of setting.split(",").map((part) => part.trim())) {
    const [address = "", prefix = "0", ...rest] = entry.split("/");
    const isNetwork = /^\d+$/.test(prefix) && Number(prefix) <= (isIP(address) === 4 ? 32 : 128);
    if (names.includes(entry) || (isIP(address) && isNetwork && rest.length === 0)) continue;
    throw new WrongSetting(
      `The setting TRUST_PROXY must be true, false, a number of proxies, or addresses and ranges with commas between; "${entry}" is none of these.`,
    );
  }
  return setting;
}
