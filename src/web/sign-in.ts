import type { Request, RequestHandler } from "express";
import passport from "passport";
import { Strategy as LocalStrategy } from "passport-local";
import { csrfTokenOf } from "#web/csrf.ts";
import { viewerOf } from "#web/guards.ts";
import { hasSession, strangerMilliseconds } from "#web/sessions.ts";
import type { PendingSignIn, Viewer } from "#web/types.ts";

interface Person extends Omit<Viewer, "sessionId" | "photo" | "confirmedAt"> {
  /** Of the password that was verified: one that is changed before the session starts starts none. */
  verifiedHash?: string | null;
}

/** What signing in needs of the account feature, handed in so that web/ knows no feature. */
export interface SignInFunctions {
  /** The person behind right credentials, null for wrong ones. */
  verifyCredentials(input: {
    username: string;
    password: string;
    address: string;
  }): Promise<Person | null>;
  /** @throws when this person may not sign in yet */
  requireMayEnter(person: { id: number; isSuperuser: boolean }): Promise<void>;
  /** What must still be so when the second step is done; null where none is asked for. */
  findSecondStep(person: Pick<Person, "id" | "verifiedHash">): Promise<string | null>;
  /** @throws as for wrong credentials when what was verified is so no more */
  startSession(
    person: Pick<Person, "id" | "verifiedHash">,
    device: { userAgent: string; isKept: boolean; isWithoutSecondStep: boolean },
  ): Promise<string>;
  findSession(sessionId: string): Promise<Viewer | null>;
  endSession(sessionId: string): Promise<void>;
  clock(): Date;
}

export interface SignIn {
  middleware: RequestHandler;
  /** The person behind the form's `username` and `password`, null for wrong ones. */
  authenticate(req: Request): Promise<Person | null>;
  /**
   * Signs in, over whoever was signed in here, or keeps the person in mind for the second step;
   * answers the path to go to. A sign-in that proves both factors at once needs no second step.
   */
  enter(
    req: Request,
    person: Person,
    options: { next: string; isKept: boolean; isSecondStepDone?: boolean },
  ): Promise<string>;
  /** Goes on in another session, with all that is in this one: a copied cookie opens nothing any more. */
  renew(req: Request, sessionId: string): Promise<void>;
  signOut(req: Request): Promise<void>;
}

export function createSignIn(functions: SignInFunctions): SignIn {
  const authenticator = new passport.Passport();
  authenticator.use(
    new LocalStrategy({ passReqToCallback: true }, (req, username, password, done) => {
      functions.verifyCredentials({ username, password, address: req.ip ?? "" }).then(
        (person) => done(null, person ? notYetEntered(person) : false),
        (error) => done(error),
      );
    }),
  );
  // What the cookie's session names is a row of `sessions`: ending that row ends it everywhere.
  authenticator.serializeUser((req: Request, user: Express.User, done: Done<string>) => {
    // Stored by the very write that signs in: a later one could come after the next page's.
    req.session.prolongedAt = Date.now();
    if (!(user as Entering).isKept) req.session.cookie.expires = null;
    csrfTokenOf(req);
    done(null, user.sessionId);
  });
  authenticator.deserializeUser((sessionId: string, done: Done<Express.User | false>) => {
    functions.findSession(sessionId).then(
      (viewer) => done(null, viewer ?? false),
      (error) => done(error),
    );
  });

  async function start(
    req: Request,
    person: Person,
    how: { isKept: boolean; isWithoutSecondStep: boolean },
  ): Promise<void> {
    const { isKept } = how;
    const userAgent = req.get("User-Agent") ?? "";
    // Before the visitor's session is another one: a refusal is shown on the form that was sent.
    const sessionId = await functions.startSession(person, { userAgent, ...how });
    try {
      await logIn(req, { ...notYetEntered(person), sessionId, isKept });
    } catch (error) {
      await functions.endSession(sessionId);
      throw error;
    }
  }

  const readSession: RequestHandler = authenticator.session();
  return {
    middleware: (req, res, next) => (hasSession(req) ? readSession(req, res, next) : next()),
    authenticate: (req) =>
      new Promise((resolve, reject) => {
        const callback = (error: unknown, person: Person | false) =>
          error ? reject(error) : resolve(person || null);
        authenticator.authenticate("local", callback)(req, req.res, reject);
      }),
    enter: async (req, person, { next, isKept, isSecondStepDone = false }) => {
      await functions.requireMayEnter(person);
      const before = req.user?.sessionId;
      const stamp = isSecondStepDone ? null : await functions.findSecondStep(person);
      if (stamp === null) {
        await start(req, person, { isKept, isWithoutSecondStep: !isSecondStepDone });
      } else {
        const since = functions.clock().getTime();
        await startWaiting(req, { personId: person.id, isKept, next, since, stamp });
      }
      // Nothing could end it any more.
      if (before) await functions.endSession(before);
      return stamp === null ? next : "/login/second-factor";
    },
    renew: (req, sessionId) =>
      orWithoutSession(req, (done) => {
        req.logIn({ ...viewerOf(req), sessionId }, { session: true, keepSessionInfo: true }, done);
      }),
    signOut: (req) =>
      new Promise((resolve, reject) => {
        req.logOut((error) => (error ? reject(error) : resolve()));
      }),
  };
}

/** Whom passport is handed at a sign-in, before there is a session. */
type Entering = Viewer & { isKept?: boolean };

const notYetEntered = (person: Person): Entering => ({
  ...person,
  sessionId: "",
  photo: null,
  confirmedAt: new Date(),
});

/** Regenerates the session id and stores the session before it returns. */
const logIn = (req: Request, person: Entering) =>
  orWithoutSession(req, (done) => req.logIn(person, done));

/** The same: whoever planted an id must not find half a sign-in behind it. */
async function startWaiting(req: Request, pending: PendingSignIn): Promise<void> {
  await orWithoutSession(req, (done) => req.session.regenerate(done));
  req.session.cookie.maxAge = strangerMilliseconds;
  req.session.pendingSignIn = pending;
  await orWithoutSession(req, (done) => req.session.save(done));
}

const orWithoutSession = (req: Request, work: (done: (error?: unknown) => void) => void) =>
  new Promise<void>((resolve, reject) => {
    work((error) => {
      if (!error) return resolve();
      // A store that hangs may keep it later all the same: no cookie may name what was refused.
      Object.assign(req, { session: undefined });
      reject(error);
    });
  });

type Done<T> = (error: unknown, value?: T) => void;
