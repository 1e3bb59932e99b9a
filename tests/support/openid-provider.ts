import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { load } from "cheerio";
import Provider, { type Configuration } from "oidc-provider";
import { vi } from "vitest";

/** What the provider says of an account, besides its `sub`, which is its login. */
export type Claims = Record<string, unknown>;

export interface OpenidProvider {
  issuer: string;
  /** For a site that signs in here. */
  settings: Record<string, string>;
  accounts: Map<string, Claims>;
  /** The paths that were asked for, pages and machines' alike. */
  asked: string[];
  /** What it answers in JSON, or does, by path, in place of what is right. */
  instead: Map<string, unknown>;
  /** Goes through its pages as somebody with a browser of their own; answers the path they come back to. */
  signIn(url: string, login: string): Promise<string>;
  /** The same, but they think better of it. */
  cancel(url: string): Promise<string>;
  close(): Promise<void>;
}

interface Options {
  /** Of the site. */
  origin?: string;
  /** Null for a client without one. */
  secret?: string | null;
  /** Whether the ID token holds everything, or the userinfo endpoint does. */
  saysAtOnce?: boolean;
  port?: number;
  /** What it calls itself: another name than the site's is another site to a browser. */
  hostname?: string;
  /** How the site shows its secret; nothing else is taken. */
  method?: "client_secret_basic" | "client_secret_post";
}

/** A real OpenID Connect provider on loopback, with its own pages, where any password is right. */
export async function startOpenidProvider({
  origin = "http://localhost:3000",
  secret = "a secret of the site's",
  saysAtOnce = false,
  port = 0,
  hostname = "127.0.0.1",
  method = "client_secret_basic",
}: Options = {}): Promise<OpenidProvider> {
  const accounts = new Map<string, Claims>();
  const asked: string[] = [];
  const instead = new Map<string, unknown>();
  const server = createServer();
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  const issuer = `http://${hostname}:${(server.address() as AddressInfo).port}`;
  const client = {
    client_id: "magpie",
    redirect_uris: [`${origin}/login/openid/callback`],
    ...(secret === null
      ? { token_endpoint_auth_method: "none" as const }
      : { token_endpoint_auth_method: method, client_secret: secret }),
  };
  const callback = quietly(() =>
    new Provider(issuer, configurationOf({ client, accounts, saysAtOnce })).callback(),
  );
  server.on("request", (request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    if (!instead.has(path)) return callback(request, response);
    const answer = instead.get(path);
    if (typeof answer === "function") return (answer as RequestListener)(request, response);
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(answer));
  });
  return {
    issuer,
    settings: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: client.client_id,
      OIDC_CLIENT_SECRET: secret ?? "",
      OIDC_NAME: "Rookery",
    },
    accounts,
    asked,
    instead,
    signIn: (url, login) => walk(url, { login, password: "any" }),
    cancel: (url) => walk(url, null),
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const configurationOf = ({
  client,
  accounts,
  saysAtOnce,
}: {
  client: NonNullable<Configuration["clients"]>[number];
  accounts: Map<string, Claims>;
  saysAtOnce: boolean;
}): Configuration => ({
  clients: [client],
  clientAuthMethods: [client.token_endpoint_auth_method ?? "none"],
  claims: {
    openid: ["sub"],
    profile: ["preferred_username", "given_name", "family_name", "name"],
    email: ["email", "email_verified"],
  },
  conformIdTokenClaims: !saysAtOnce,
  cookies: { keys: ["a key for tests"] },
  findAccount: (_context, accountId) => ({
    accountId,
    claims: () => ({ sub: accountId, ...accounts.get(accountId) }),
  }),
  features: { devInteractions: { enabled: true } },
  ttl: {
    AccessToken: 600,
    AuthorizationCode: 60,
    Grant: 600,
    IdToken: 600,
    Interaction: 600,
    Session: 600,
  },
});

/** It warns at length of what is for tests only, which this is. */
function quietly<T>(work: () => T): T {
  const spies = (["warn", "info"] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation(() => {}),
  );
  try {
    return work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** @param form what is typed into each form; null to take the link that cancels */
async function walk(url: string, form: Record<string, string> | null): Promise<string> {
  const cookies = new Map<string, string>();
  const { origin } = new URL(url);
  let address = new URL(url);
  let body: URLSearchParams | null = null;
  for (let step = 0; step < 20; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(address, {
      method: body ? "POST" : "GET",
      body,
      headers: { cookie },
      redirect: "manual",
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    body = null;
    const location = response.headers.get("location");
    if (location) {
      address = new URL(location, address);
      if (address.origin !== origin) return `${address.pathname}${address.search}`;
      continue;
    }
    const $ = load(await response.text());
    const action = $("form").attr("action");
    if (response.status !== 200 || !action) {
      throw new Error(`The provider answered ${response.status}: ${$("body").text()}`);
    }
    if (form) {
      const prompt = String($("input[name=prompt]").val());
      body = new URLSearchParams({ prompt, ...(prompt === "login" ? form : {}) });
      address = new URL(action, address);
    } else {
      address = new URL($("a[href$=abort]").attr("href") ?? "", address);
    }
  }
  throw new Error("The provider's pages have no end.");
}
