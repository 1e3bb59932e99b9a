import type { IDToken } from "openid-client";

/** Who somebody is, in the provider's words: one line each, empty where it said nothing. */
export interface OpenidIdentity {
  issuer: string;
  /** With the issuer the only thing that identifies: all below may change hands. */
  subject: string;
  username: string;
  email: string;
  isEmailVerified: boolean;
  firstName: string;
  lastName: string;
}

export type Claims = Record<string, unknown>;

/** The standard allows 255 ASCII characters; anything else could not be told apart for sure. */
const usableSubject = /^[\x20-\x7e]{1,255}$/;

/** @throws TypeError for somebody whom nothing we can keep tells from others */
export function identityOf(claims: IDToken, more: Claims): OpenidIdentity {
  const { iss: issuer, sub: subject } = claims;
  if (!usableSubject.test(subject) || issuer.length > 500) {
    throw new TypeError("The provider's name for this person cannot be kept.");
  }
  const said = (name: string) => oneLine(claims[name] ?? more[name]);
  // An address and the word that it is theirs belong together.
  const source = claims["email"] === undefined ? more : claims;
  const givenName = said("given_name");
  return {
    issuer,
    subject,
    username: said("preferred_username"),
    email: oneLine(source["email"]),
    isEmailVerified: [true, "true"].includes(source["email_verified"] as boolean | string),
    firstName: givenName || (said("family_name") ? "" : said("name")),
    lastName: said("family_name"),
  };
}

/** Without what neither a form would take nor PostgreSQL holds: control characters, lone surrogates. */
const oneLine = (value: unknown): string =>
  typeof value === "string"
    ? value
        .slice(0, 1000)
        .toWellFormed()
        .replace(/\p{Cc}+/gu, " ")
        .trim()
    : "";
