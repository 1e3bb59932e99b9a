import type { OpenidSecrets } from "#platform/openid.ts";
import type { OpenidIdentity } from "#platform/openid-identity.ts";

/** The signed-in person, as every page's layout and every ability's `actor` needs them. */
export interface Viewer {
  id: number;
  username: string;
  name: string;
  isStaff: boolean;
  isSuperuser: boolean;
  /** Addresses of the photo in two sizes; null where their initial is drawn. */
  photo: { src: string; large: string } | null;
  /** Of the sign-in on this device, a row of `sessions`. */
  sessionId: string;
  /** When they last proved on this device who they are. */
  confirmedAt: Date;
}

export interface PendingSignIn {
  personId: number;
  isKept: boolean;
  /** Where to go afterwards, a local path. */
  next: string;
  /** When the first step was done, in milliseconds. */
  since: number;
  /** Changes with what the first step proved, such as the password. */
  stamp: string;
}

/** Somebody on the way to the OpenID Connect provider and back. */
export interface OpenidJourney extends OpenidSecrets {
  purpose: "sign-in" | "connect" | "confirm";
  /** Who set out; null for a stranger. */
  personId: number | null;
  isKept: boolean;
  /** Where to go afterwards, a local path. */
  next: string;
  /** In milliseconds. */
  since: number;
}

/** Somebody whom the provider knows and this site does not, while they choose a username. */
export interface OpenidNewcomer {
  identity: OpenidIdentity;
  isKept: boolean;
  next: string;
  since: number;
}

/** What a browser was given to have a passkey sign. */
export interface PasskeyChallenge {
  value: string;
  /** An answer is good for that alone: one given to sign in adds no passkey. */
  purpose: "sign-in" | "second-step" | "confirm" | "add";
  /** When it was given, in milliseconds. */
  since: number;
}

/** A link in a mail as this browser was shown it, alive. */
export interface ShownConfirmation {
  tokenHash: string;
  userId: number;
  email: string;
}

export interface FlashMessage {
  kind: "success" | "notice";
  text: string;
}

declare global {
  namespace Express {
    interface User extends Viewer {}
  }
}

declare module "express-session" {
  interface SessionData {
    flash?: FlashMessage[];
    shownConfirmation?: ShownConfirmation;
    /** Where the last mail went that this visitor was promised. */
    mailSentTo?: string;
    /** Somebody whose password was right and whose second factor is still to come. */
    pendingSignIn?: PendingSignIn;
    openidJourney?: OpenidJourney;
    openidNewcomer?: OpenidNewcomer;
    /** When the cookie and the stored session were last prolonged, in milliseconds. */
    prolongedAt?: number;
    /** An authenticator's secret until its first right code. */
    newAuthenticator?: string;
    /** To be shown once. */
    newRecoveryCodes?: string[];
    /** Given out to be answered with a passkey, the newest first. */
    passkeyChallenges?: PasskeyChallenge[];
    /** For the browser to forget. */
    removedPasskey?: string;
  }
}
