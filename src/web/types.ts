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
    /** Somebody whose password was right and whose second factor is still to come. */
    pendingSignIn?: PendingSignIn;
    /** When the cookie and the stored session were last prolonged, in milliseconds. */
    prolongedAt?: number;
  }
}
