import type { Express, RequestHandler } from "express";
import session, { type Store } from "express-session";

const day = 86_400_000;

/** How long a stranger's is kept: anyone may ask for one any number of times. */
export const strangerMilliseconds = day / 6;

/**
 * Sessions are stored only once something is in them, so a visitor who just looks gets no
 * cookie, and written only when changed: prolonging once an hour is enough.
 */
export function sessions(options: {
  store: Store;
  secrets: string[];
  https: boolean;
  /** How long a session lives unused. */
  idleMilliseconds: number;
}): RequestHandler[] {
  return [
    (req, _res, next) => {
      // BASE_URL says https, so what is in front ends TLS, whether or not a header says so too.
      if (options.https) Object.defineProperty(req, "secure", { value: true });
      next();
    },
    session({
      store: options.store,
      secret: options.secrets,
      // The prefix makes browsers refuse the cookie when it is not Secure or not for this very host.
      name: options.https ? "__Host-magpie" : "magpie",
      resave: false,
      saveUninitialized: false,
      cookie: {
        httpOnly: true,
        sameSite: "lax",
        secure: options.https,
        maxAge: options.idleMilliseconds,
        path: "/",
      },
    }),
    (req, _res, next) => {
      const { prolongedAt } = req.session;
      if (prolongedAt !== undefined && Date.now() - prolongedAt > day / 24) {
        req.session.prolongedAt = Date.now();
      }
      next();
    },
  ];
}

/** What a visitor with a session sees, and any answer that may set its cookie, is nobody else's to keep. */
export function cacheRules(app: Express): void {
  app.use((req, res, next) => {
    const isRead = req.method === "GET" || req.method === "HEAD";
    // An empty session has its cookie's settings only, and is never stored.
    const hasSession = Object.keys(req.session).length > 1;
    res.vary("Cookie");
    res.set("Cache-Control", hasSession || !isRead ? "no-store" : "public, no-cache");
    next();
  });
}
