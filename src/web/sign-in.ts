import type { Request, RequestHandler } from "express";
import passport from "passport";
import { Strategy as LocalStrategy } from "passport-local";
import { csrfTokenOf } from "#web/csrf.ts";
import { hasSession } from "#web/sessions.ts";
import type { Viewer } from "#web/types.ts";

type Person = Omit<Viewer, "sessionId" | "photo">;

/** What signing in needs of the account feature, handed in so that web/ knows no feature. */
export interface SignInFunctions {
  /** The person behind right credentials, null for wrong ones. */
  verifyCredentials(input: {
    username: string;
    password: string;
    address: string;
  }): Promise<Person | null>;
  startSession(personId: number, device: { userAgent: string }): Promise<string>;
  findSession(sessionId: string): Promise<Viewer | null>;
}

export interface SignIn {
  middleware: RequestHandler;
  /** The person behind the form's `username` and `password`, null for wrong ones. */
  authenticate(req: Request): Promise<Person | null>;
  /** Regenerates the session id and stores the session before it returns. */
  signIn(req: Request, person: Person): Promise<void>;
  signOut(req: Request): Promise<void>;
}

export function createSignIn(functions: SignInFunctions): SignIn {
  const authenticator = new passport.Passport();
  authenticator.use(
    new LocalStrategy({ passReqToCallback: true }, (req, username, password, done) => {
      functions.verifyCredentials({ username, password, address: req.ip ?? "" }).then(
        (person) => done(null, person ? { ...person, sessionId: "", photo: null } : false),
        (error) => done(error),
      );
    }),
  );
  // What the cookie's session names is a row of `sessions`: ending that row ends it everywhere.
  authenticator.serializeUser((req: Request, user: Express.User, done: Done<string>) => {
    functions.startSession(user.id, { userAgent: req.get("User-Agent") ?? "" }).then(
      (sessionId) => {
        // Stored by the very write that signs in: a later one could come after the next page's.
        req.session.prolongedAt = Date.now();
        csrfTokenOf(req);
        done(null, sessionId);
      },
      (error) => done(error),
    );
  });
  authenticator.deserializeUser((sessionId: string, done: Done<Express.User | false>) => {
    functions.findSession(sessionId).then(
      (viewer) => done(null, viewer ?? false),
      (error) => done(error),
    );
  });

  const readSession: RequestHandler = authenticator.session();
  return {
    middleware: (req, res, next) => (hasSession(req) ? readSession(req, res, next) : next()),
    authenticate: (req) =>
      new Promise((resolve, reject) => {
        const callback = (error: unknown, person: Person | false) =>
          error ? reject(error) : resolve(person || null);
        authenticator.authenticate("local", callback)(req, req.res, reject);
      }),
    signIn: async (req, person) => {
      await new Promise<void>((resolve, reject) => {
        req.logIn({ ...person, sessionId: "", photo: null }, (error) => {
          if (!error) return resolve();
          // A store that hangs may keep it later all the same: no cookie may name what was refused.
          Object.assign(req, { session: undefined });
          reject(error);
        });
      });
    },
    signOut: (req) =>
      new Promise((resolve, reject) => {
        req.logOut((error) => (error ? reject(error) : resolve()));
      }),
  };
}

type Done<T> = (error: unknown, value?: T) => void;
