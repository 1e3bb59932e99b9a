import * as client from "openid-client";
import { Agent, fetch, type RequestInit } from "undici";
import type { Logger } from "#platform/logger.ts";
import { failureOf, OpenidError, type OpenidFailure } from "#platform/openid-error.ts";
import { type Claims, identityOf, type OpenidIdentity } from "#platform/openid-identity.ts";

// Signing in where people have an account already. The operator chose the issuer, so its address is
// trusted; still it may be away, hang or answer nonsense, and that must cost a sentence, never a page
// that hangs or a start that fails. What it says of people is cleaned, and no token is kept.

/** What only this browser's session may know while its person is at the provider. */
export interface OpenidSecrets {
  state: string;
  nonce: string;
  codeVerifier: string;
}

export interface Openid {
  /** What people call the provider. */
  name: string;
  issuer: string;
  /**
   * Where to send somebody, and what to remember of it.
   * @param isFresh whether they must prove anew who they are, though they are signed in there
   * @throws OpenidError
   */
  begin(options?: { isFresh?: boolean }): Promise<{ url: string; secrets: OpenidSecrets }>;
  /**
   * Who came back.
   * @param query of the address they came back to
   * @throws OpenidError
   */
  finish(
    query: string,
    secrets: OpenidSecrets,
  ): Promise<{ identity: OpenidIdentity; authenticatedAt: Date | null }>;
  close(): Promise<void>;
}

export interface OpenidSettings {
  issuer: string;
  clientId: string;
  clientSecret: string | undefined;
  name: string;
}

/** Of each request to the provider; a sign-in makes four at most. */
const timeoutSeconds = 4;
const maxBytes = 2 ** 20;
/** How long nobody asks whether it is there before they send somebody to it. */
const trustedMilliseconds = 60_000;

/** Asks nothing of the provider before somebody signs in. @param redirectUri where they come back to */
export function createOpenid(
  settings: OpenidSettings,
  { redirectUri, logger, clock }: { redirectUri: string; logger: Logger; clock: () => Date },
): Openid {
  // Not the global dispatcher, which may be a proxy of the environment.
  const agent = new Agent({ maxResponseSize: maxBytes, connect: { timeout: 3000 } });
  const bounded = fetchBy(agent);
  let discovered: { configuration: Promise<client.Configuration>; at: number } | undefined;

  /** Once for all who wait. @param mostAge how long ago it may have been, in milliseconds */
  const discover = (mostAge = Number.POSITIVE_INFINITY): Promise<client.Configuration> => {
    const at = clock().getTime();
    if (!discovered || at - discovered.at > mostAge) {
      discovered = { configuration: discoverProvider(settings, bounded), at };
    }
    return discovered.configuration;
  };

  const failing = async <T>(
    meaningOf: (cause: unknown) => OpenidFailure,
    work: () => Promise<T>,
  ) => {
    try {
      return await work();
    } catch (cause) {
      const failure = meaningOf(cause);
      if (failure !== "declined") {
        // It may have moved: whoever comes next asks anew where its parts are.
        discovered = undefined;
        logger.warn({ err: cause, failure }, "signing in with the OpenID Connect provider failed");
      }
      throw new OpenidError(failure, cause);
    }
  };

  return {
    name: settings.name,
    issuer: settings.issuer,
    begin: ({ isFresh = false } = {}) =>
      failing(
        () => "away",
        async () => {
          // A browser that was sent to a provider which is away shows a page of its own.
          const configuration = await discover(trustedMilliseconds);
          const secrets = {
            state: client.randomState(),
            nonce: client.randomNonce(),
            codeVerifier: client.randomPKCECodeVerifier(),
          };
          const url = client.buildAuthorizationUrl(configuration, {
            redirect_uri: redirectUri,
            scope: "openid profile email",
            state: secrets.state,
            nonce: secrets.nonce,
            code_challenge: await client.calculatePKCECodeChallenge(secrets.codeVerifier),
            code_challenge_method: "S256",
            ...(isFresh ? { prompt: "login", max_age: "0" } : {}),
          });
          return { url: url.href, secrets };
        },
      ),
    finish: (query, { state, nonce, codeVerifier }) =>
      failing(failureOf, async () => {
        const configuration = await discover();
        const address = new URL(redirectUri);
        address.search = query;
        const tokens = await client.authorizationCodeGrant(configuration, address, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims) throw new TypeError("There is no ID token.");
        const { auth_time: seconds } = claims;
        return {
          identity: identityOf(claims, await moreAbout(configuration, claims, tokens, logger)),
          authenticatedAt: seconds === undefined ? null : new Date(seconds * 1000),
        };
      }),
    close: () => agent.destroy(),
  };
}

/** Uncompressed, because the agent counts bytes as they come: a megabyte may hold a thousand. */
const fetchBy = (dispatcher: Agent) =>
  (async (url: string, options: RequestInit) => {
    const headers = { ...(options.headers as object), "accept-encoding": "identity" };
    const response = await fetch(url, { ...options, headers, dispatcher });
    const encoding = response.headers.get("content-encoding") ?? "identity";
    if (encoding.trim().toLowerCase() === "identity") return response;
    await response.body?.cancel();
    throw new TypeError("The provider compressed its answer, though it was asked not to.");
  }) as unknown as client.CustomFetch;

async function discoverProvider(
  { issuer, clientId, clientSecret }: OpenidSettings,
  customFetch: client.CustomFetch,
): Promise<client.Configuration> {
  const url = new URL(issuer);
  const configuration = await client.discovery(
    url,
    clientId,
    undefined,
    clientSecret === undefined ? client.None() : secretAsAsked(clientSecret),
    {
      timeout: timeoutSeconds,
      [client.customFetch]: customFetch,
      // The settings allow it on this machine only.
      execute: url.protocol === "http:" ? [client.allowInsecureRequests] : [],
    },
  );
  // TLS alone would do by the standard; with this a proxy in between cannot make up who somebody is.
  client.enableNonRepudiationChecks(configuration);
  return configuration;
}

/** In the header, which every provider takes that does not say otherwise; else in the form. */
const secretAsAsked =
  (secret: string): client.ClientAuth =>
  (server, ...request) => {
    const { token_endpoint_auth_methods_supported: methods } = server;
    const isBasic = !Array.isArray(methods) || methods.includes("client_secret_basic");
    const authenticate = isBasic ? client.ClientSecretBasic : client.ClientSecretPost;
    return authenticate(secret)(server, ...request);
  };

/** What the ID token leaves out. Without it somebody can still be known, or asked. */
async function moreAbout(
  configuration: client.Configuration,
  claims: client.IDToken,
  tokens: client.TokenEndpointResponse,
  logger: Logger,
): Promise<Claims> {
  const isComplete = claims["email"] !== undefined && claims["preferred_username"] !== undefined;
  if (isComplete || !configuration.serverMetadata().userinfo_endpoint) return {};
  try {
    return await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
  } catch (cause) {
    logger.warn({ err: cause }, "the OpenID Connect provider told nothing more about somebody");
    return {};
  }
}
