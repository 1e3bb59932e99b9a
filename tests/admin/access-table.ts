import type { registry } from "#features/admin/registry.ts";
import type { Right } from "#features/admin/rights.ts";

/** Who gets where, by route; a route that is not in here fails the test. */

export interface Access {
  /**
   * Everyone; those signed in; the owner of the picture, with or without superusers; staff; staff who
   * may do one of these to the model of the address; nobody.
   */
  to: "everyone" | "signed-in" | "owner" | "owner-or-superuser" | "staff" | Allowed;
  /** What those it is for are answered, when they send nothing but their form's token. */
  answers: readonly number[];
  /** What strangers are answered where that differs: they lack what only a signed-in form has. */
  toStrangers?: readonly number[];
  /** What everyone else who is signed in is answered; strangers are sent to sign in. */
  otherwise?: number;
  /** It ends the session it comes with. */
  endsSession?: true;
}

/** Any of these rights, where it says so with the right to view; null says that there is no such page. */
interface Allowed {
  model: string;
  rights: readonly Right[] | null;
  seen?: true;
}

const shown = [200];
const sent = [303];
const again = [422];

export const site: Record<string, Access> = {
  "get /healthz": { to: "everyone", answers: shown },
  "get /readyz": { to: "everyone", answers: shown },
  "get /media/*key": { to: "everyone", answers: [404] },
  "get /": { to: "everyone", answers: shown },
  "get /register": { to: "everyone", answers: sent, toStrangers: shown },
  "post /register": { to: "everyone", answers: again },
  "get /login": { to: "everyone", answers: sent, toStrangers: shown },
  "post /login": { to: "everyone", answers: again },
  "post /logout": { to: "everyone", answers: sent, endsSession: true },
  "get /password-reset": { to: "everyone", answers: shown },
  "post /password-reset": { to: "everyone", answers: again },
  "get /password-reset/:token": { to: "everyone", answers: [404] },
  "post /password-reset/:token": { to: "everyone", answers: [404] },
  "get /confirm-email": { to: "everyone", answers: sent, toStrangers: shown },
  "get /confirm-email/resend": { to: "everyone", answers: sent },
  "get /confirm-email/withdraw": { to: "everyone", answers: sent },
  "post /confirm-email/resend": { to: "everyone", answers: sent, toStrangers: again },
  "post /confirm-email/withdraw": { to: "signed-in", answers: sent },
  "get /confirm-email/:token": { to: "everyone", answers: [404] },
  "post /confirm-email/:token": { to: "everyone", answers: [404] },
  "get /login/second-factor": { to: "everyone", answers: sent },
  "post /login/second-factor": { to: "everyone", answers: sent },
  "post /login/second-factor/passkey/options": { to: "everyone", answers: [403] },
  "post /login/second-factor/passkey": { to: "everyone", answers: sent },
  "post /login/passkey/options": { to: "everyone", answers: shown },
  "post /login/passkey": { to: "everyone", answers: again },
  "post /login/openid": { to: "everyone", answers: sent },
  "get /login/openid/callback": { to: "everyone", answers: sent },
  "get /register/openid": { to: "everyone", answers: sent },
  "post /register/openid": { to: "everyone", answers: sent },
  "get /confirm": { to: "signed-in", answers: shown },
  "post /confirm": { to: "signed-in", answers: again },
  "post /confirm/passkey/options": { to: "signed-in", answers: [404] },
  "post /confirm/passkey": { to: "signed-in", answers: again },
  "post /confirm/openid": { to: "signed-in", answers: sent },
  "get /settings/passkeys": { to: "signed-in", answers: shown },
  "post /settings/passkeys": { to: "signed-in", answers: again },
  "post /settings/passkeys/options": { to: "signed-in", answers: shown },
  "post /settings/passkeys/:id/rename": { to: "signed-in", answers: again },
  "post /settings/passkeys/:id/remove": { to: "signed-in", answers: [404] },
  "get /settings/second-factor": { to: "signed-in", answers: shown },
  "post /settings/second-factor": { to: "signed-in", answers: sent },
  "post /settings/second-factor/begin": { to: "signed-in", answers: sent },
  "post /settings/second-factor/cancel": { to: "signed-in", answers: sent },
  "post /settings/second-factor/recovery-codes": { to: "signed-in", answers: [404] },
  "post /settings/second-factor/turn-off": { to: "signed-in", answers: again },
  "get /settings/connections": { to: "signed-in", answers: shown },
  "post /settings/connections/link": { to: "signed-in", answers: sent },
  "post /settings/connections/unlink": { to: "signed-in", answers: sent },
  "get /settings": { to: "signed-in", answers: sent },
  "get /settings/profile": { to: "signed-in", answers: shown },
  "post /settings/profile": { to: "signed-in", answers: sent },
  "get /settings/password": { to: "signed-in", answers: shown },
  "post /settings/password": { to: "signed-in", answers: again },
  "get /settings/sessions": { to: "signed-in", answers: shown },
  "post /settings/sessions/end-others": { to: "signed-in", answers: sent },
  "post /settings/sessions/:id/end": { to: "signed-in", answers: [404] },
  "get /settings/data": { to: "signed-in", answers: shown },
  "get /settings/data/download": { to: "signed-in", answers: sent },
  "post /settings/data/download": { to: "signed-in", answers: shown },
  "get /settings/delete": { to: "signed-in", answers: shown },
  "post /settings/delete": { to: "signed-in", answers: again },
  "get /images/new": { to: "signed-in", answers: shown },
  "post /images/preview": { to: "signed-in", answers: again },
  "get /images/preview": { to: "signed-in", answers: [403] },
  "post /images": { to: "signed-in", answers: again },
  "get /images": { to: "everyone", answers: shown },
  "get /images/:id": { to: "everyone", answers: [301] },
  "get /images/:id/:slug": { to: "everyone", answers: shown },
  "get /images/:id/edit": { to: "owner", answers: shown, otherwise: 403 },
  "post /images/:id/edit": { to: "owner", answers: again, otherwise: 403 },
  "post /images/:id/delete": { to: "owner-or-superuser", answers: sent, otherwise: 403 },
  "post /images/:id/like": { to: "signed-in", answers: sent },
  "post /images/:id/unlike": { to: "signed-in", answers: sent },
  "get /ranking": { to: "everyone", answers: shown },
  "get /users": { to: "everyone", answers: shown },
  "get /users/:username": { to: "everyone", answers: shown },
  "get /users/:username/followers": { to: "everyone", answers: shown },
  "get /users/:username/following": { to: "everyone", answers: shown },
  "post /users/:username/follow": { to: "signed-in", answers: sent },
  "post /users/:username/unfollow": { to: "signed-in", answers: sent },
  "get /bookmarklet": { to: "everyone", answers: shown },
};

const jobs = (...rights: Right[]) => ({ model: "jobs", rights });

export const administration: Record<string, Access> = {
  "get /admin": { to: "staff", answers: shown },
  "get /admin/history": { to: "staff", answers: shown },
  "get /admin/jobs": { to: jobs("view"), answers: shown },
  "get /admin/jobs/:queue": { to: jobs("view"), answers: shown },
  "post /admin/jobs/:queue/retry": { to: jobs("change"), answers: sent },
  "get /admin/jobs/:queue/:id": { to: jobs("view"), answers: shown },
  // What is asked about is shown.
  "get /admin/jobs/:queue/:id/delete": {
    to: { ...jobs("delete"), seen: true },
    answers: shown,
  },
  "post /admin/jobs/:queue/:id/delete": { to: jobs("delete"), answers: sent },
  "post /admin/jobs/:queue/:id/retry": { to: jobs("change"), answers: sent },
};

/** The same pages of every registered model, of which some have fewer. */
export const ofEachModel: Record<string, (model: (typeof registry)[number]) => Access> = {
  "get /admin/:model": ({ name }) => view(name),
  "get /admin/:model/export.csv": ({ name }) => view(name),
  "get /admin/pick/:model": ({ name }) => view(name),
  "get /admin/:model/:key": ({ name }) => view(name),
  "get /admin/:model/:key/history": ({ name }) => view(name),
  "get /admin/:model/actions": (model) => toAct(model),
  "post /admin/:model/actions": (model) => toAct(model),
  "get /admin/:model/new": ({ name: model, form }) => ({
    to: { model, rights: form?.add ? ["add"] : null },
    answers: shown,
  }),
  "post /admin/:model/new": ({ name: model, form }) => ({
    to: { model, rights: form?.add ? ["add"] : null },
    answers: again,
  }),
  // Sent without what the form holds, it looks as if somebody else had been quicker.
  "post /admin/:model/:key": ({ name: model, form }) => ({
    to: { model, rights: form?.change ? ["change"] : null, seen: true },
    answers: [303, 409, 422],
  }),
  "get /admin/:model/:key/delete": ({ name: model, remove }) => ({
    to: { model, rights: remove ? ["delete"] : null, seen: true },
    answers: shown,
  }),
  "post /admin/:model/:key/delete": ({ name: model, remove }) => ({
    to: { model, rights: remove ? ["delete"] : null, seen: true },
    answers: sent,
  }),
};

const toAct = ({ name: model, actions = [], remove }: (typeof registry)[number]): Access => {
  const open = actions.filter(({ isForSuperusers }) => !isForSuperusers);
  const rights = [...open.map(({ right }) => right), ...(remove ? ["delete" as const] : [])];
  return { to: { model, rights: rights.length > 0 ? rights : null, seen: true }, answers: sent };
};

const view = (model: string): Access => ({ to: { model, rights: ["view"] }, answers: shown });
