import type { Express, Request, RequestHandler } from "express";
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
  // A store that can be touched is asked at the end of each page, whose last byte waits for that in
  // a packet of its own; prolonging writes all the same.
  Object.assign(options.store, { touch: undefined });
  // The prefix makes browsers refuse the cookie when it is not Secure or not for this very host.
  const name = options.https ? "__Host-magpie" : "magpie";
  return [
    (req, _res, next) => {
      // BASE_URL says https, so what is in front ends TLS, whether or not a header says so too.
      if (options.https) Object.defineProperty(req, "secure", { value: true });
      next();
    },
    whenAskedFor(
      name,
      session({
        store: options.store,
        secret: options.secrets,
        name,
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
    ),
    (req, _res, next) => {
      if (!hasSession(req)) return next();
      const { prolongedAt } = req.session;
      if (prolongedAt !== undefined && Date.now() - prolongedAt > day / 24) {
        req.session.prolongedAt = Date.now();
      }
      next();
    },
  ];
}

const notAskedFor = new WeakSet<Request>();

/** Whether there is something in this visitor's session: an empty one has its cookie's settings only. */
export const hasSession = (req: Request): boolean =>
  !notAskedFor.has(req) && Object.keys(req.session ?? {}).length > 1;

/**
 * Visitors without our cookie who only look get a session when something asks for it, which on most
 * pages nothing does: making an id and watching for changes costs them a good part of a page.
 */
function whenAskedFor(name: string, start: RequestHandler): RequestHandler {
  return (req, res, next) => {
    const isRead = req.method === "GET" || req.method === "HEAD";
    // Wherever the name stands: how a header is read is the parser's business.
    if (!isRead || req.headers.cookie?.includes(name)) return start(req, res, next);
    notAskedFor.add(req);
    const define = (value: unknown) =>
      Object.defineProperty(req, "session", { value, configurable: true, writable: true });
    Object.defineProperty(req, "session", {
      configurable: true,
      get: () => {
        notAskedFor.delete(req);
        define(undefined);
        let failure: unknown;
        // Without a cookie there is nothing to load: it is there when this returns.
        start(req, res, (error?: unknown) => {
          failure = error;
        });
        if (failure) throw failure;
        return req.session;
      },
      set: define,
    });
    next();
  };
}

/** For what the next page needs: express-session stores as an answer ends, and that page may be quicker. */
export const keepSession = (req: Request): Promise<void> =>
  new Promise((resolve, reject) => {
    req.session.save((error) => (error ? reject(error) : resolve()));
  });

/** What a visitor with a session sees, and any answer that may set its cookie, is nobody else's to keep. */
export function cacheRules(app: Express): void {
  app.use((req, res, next) => {
    const isRead = req.method === "GET" || req.method === "HEAD";
    res.vary("Cookie");
    res.set("Cache-Control", hasSession(req) || !isRead ? "no-store" : "public, no-cache");
    next();
  });
}
