/** The signed-in person, as every page's layout and every ability's `actor` needs them. */
export interface Viewer {
  id: number;
  username: string;
  name: string;
  isSuperuser: boolean;
  /** Addresses of the photo in two sizes; null where their initial is drawn. */
  photo: { src: string; large: string } | null;
  /** Of the sign-in on this device, a row of `sessions`. */
  sessionId: string;
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
    /** When the cookie and the stored session were last prolonged, in milliseconds. */
    prolongedAt?: number;
  }
}
