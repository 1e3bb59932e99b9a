import { AuthorizationResponseError } from "openid-client";

/** `away`: no usable answer. `declined`: the person or their provider said no. `refused`: a check failed. */
export type OpenidFailure = "away" | "declined" | "refused";

export class OpenidError extends Error {
  readonly failure: OpenidFailure;

  constructor(failure: OpenidFailure, cause: unknown) {
    super("Signing in with the OpenID Connect provider failed.", { cause });
    this.name = "OpenidError";
    this.failure = failure;
  }
}

/** What a provider says when the person did not want to, or may not. */
const declining = ["access_denied", "login_required", "interaction_required", "consent_required"];

/** Which of these openid-client, or what it fetches with, means by an error. */
export function failureOf(cause: unknown): OpenidFailure {
  if (cause instanceof AuthorizationResponseError) {
    return declining.includes(cause.error) ? "declined" : "refused";
  }
  return causesOf(cause).some(isAway) ? "away" : "refused";
}

const isAway = ({ name, code, message }: Cause): boolean =>
  name === "TimeoutError" ||
  message === "fetch failed" ||
  ["OAUTH_RESPONSE_IS_NOT_CONFORM", "UND_ERR_SOCKET", "ECONNRESET"].includes(String(code));

interface Cause {
  name: string;
  message: string;
  code?: unknown;
}

/** Also what is below: an answer that breaks off or drips fails as one that cannot be read. */
const causesOf = (error: unknown): Cause[] =>
  error instanceof Error ? [error, ...causesOf(error.cause)] : [];
