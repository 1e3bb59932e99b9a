import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sendMailQueue } from "#features/account/send-mail.ts";
import { registry } from "#features/admin/registry.ts";
import { type Grant, type Right, rights } from "#features/admin/rights.ts";
import {
  type Access,
  administration,
  ofEachModel,
  site as table,
} from "#tests/admin/access-table.ts";
import { type Caller, signedIn, staffWith, stranger } from "#tests/admin/callers.ts";
import { createRow } from "#tests/admin/rows.ts";
import { routesOf, type SiteRoute } from "#tests/admin/site-routes.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

interface Actor {
  who: string;
  caller: Caller;
  isOwner?: boolean;
  isSuperuser?: boolean;
  /** Null for those who are not staff. */
  grants: readonly Grant[] | null;
}

const managed = [...registry.map(({ name }) => name), "jobs"];
const nameOf = ({ method, path }: SiteRoute) => `${method} ${path}`;

let site: TestApp;
let routes: SiteRoute[];
let bystander: Caller;
let nobody: Actor;
let person: Actor;
let owner: Actor;
let idleStaff: Actor;
let superuser: Actor;
const made = new Map<string, Promise<Actor>>();

beforeAll(async () => {
  // A provider, so that its pages are there; it never answers.
  const provider = { OIDC_ISSUER: "http://127.0.0.1:9", OIDC_CLIENT_ID: "magpie" };
  site = await startTestApp({ RATE_LIMITS: "off", ...provider });
  routes = routesOf(site.app);
  bystander = await signedIn(site);
  nobody = { who: "a stranger", caller: await stranger(site), grants: null };
  person = { who: "a person", caller: await signedIn(site), grants: null };
  owner = { who: "the owner", caller: await signedIn(site), grants: null, isOwner: true };
  idleStaff = { who: "staff without rights", caller: await staffWith(site, []), grants: [] };
  const caller = await signedIn(site, { isStaff: true, isSuperuser: true });
  superuser = { who: "a superuser", caller, grants: [], isSuperuser: true };
});
afterAll(() => site.close());

function staff(who: string, grants: readonly Grant[]): Promise<Actor> {
  const known =
    made.get(who) ?? staffWith(site, grants).then((caller) => ({ who, caller, grants }));
  made.set(who, known);
  return known;
}

/** Staff with each right to a model, alone and with that to view, and staff with all to all the others. */
const staffAround = (model: string): Promise<Actor[]> =>
  Promise.all([
    ...rights.map((right) => staff(`staff who may ${right} ${model}`, [`${model} ${right}`])),
    ...rights
      .filter((right) => right !== "view")
      .map((right) =>
        staff(`staff who may view and ${right} ${model}`, [`${model} view`, `${model} ${right}`]),
      ),
    staff(
      `staff who may do all but ${model}`,
      managed
        .filter((name) => name !== model)
        .flatMap((name) => rights.map((right): Grant => `${name} ${right}`)),
    ),
  ]);

const allStaff = () =>
  staff(
    "staff who may do all",
    managed.flatMap((name) => rights.map((right): Grant => `${name} ${right}`)),
  );

function isAllowed({ to }: Access, actor: Actor): boolean {
  if (to === "everyone") return true;
  if (to === "signed-in") return actor !== nobody;
  if (to === "owner") return actor.isOwner === true;
  if (to === "owner-or-superuser") return actor.isOwner === true || actor.isSuperuser === true;
  if (actor.grants === null) return false;
  if (to === "staff") return true;
  if (to.rights === null) return false;
  if (actor.isSuperuser) return true;
  const has = (right: Right) => actor.grants?.includes(`${to.model} ${right}`) === true;
  return to.rights.some(has) && (!to.seen || has("view"));
}

/** The statuses an actor may be answered. */
function expected(access: Access, actor: Actor): readonly number[] {
  if (actor === nobody && access.toStrangers) return access.toStrangers;
  if (isAllowed(access, actor)) return access.answers;
  const isOfTheSite = typeof access.to === "string" && access.to !== "staff";
  if (!isOfTheSite) return [404];
  return actor === nobody ? [303] : [access.otherwise ?? 404];
}

/** The address with something real in it; what may go is made anew for each try. */
async function addressOf({ path }: SiteRoute, model: string): Promise<string> {
  const { database } = site.deps;
  const values: Record<string, () => Promise<string> | string> = {
    ":token": () => "no-such-token",
    "*key": () => "originals/nothing",
    ":slug": () => "heron",
    ":username": () => bystander.username,
    ":queue": () => sendMailQueue,
    ":model": () => model,
    ":key": () => createRow(database, model),
    ":id": () =>
      path.startsWith("/admin/jobs")
        ? createFailedJob()
        : path.startsWith("/settings")
          ? "00000000-0000-4000-8000-000000000000"
          : createHeron(),
  };
  let address = path;
  for (const [name, value] of Object.entries(values)) {
    if (address.includes(name)) address = address.replace(name, await value());
  }
  return address;
}

async function createHeron(): Promise<string> {
  const [id = 0] = await createImageRows(site.deps.database, owner.caller.id, 1, {
    title: "Heron",
  });
  return String(id);
}

async function createFailedJob(): Promise<string> {
  const [job] = await site.deps.database.$queryRaw<[{ id: string }]>`
    insert into pgboss.job (name, state) values (${sendMailQueue}, 'failed') returning id::text`;
  return job.id;
}

async function tryAll(route: SiteRoute, access: Access, actors: Actor[], model = "") {
  for (const actor of actors) {
    const address = await addressOf(route, model);
    const another = () => (actor === nobody ? stranger(site) : signedIn(site));
    const caller = access.endsSession ? await another() : actor.caller;
    const { status, headers } = await caller.send(route.method as "get", address);
    expect([route.method, address, actor.who, status, headers["location"] ?? ""]).toEqual([
      route.method,
      address,
      actor.who,
      expect.toBeOneOf([...expected(access, actor)]),
      expect.any(String),
    ]);
    const isSentAway = actor === nobody && !isAllowed(access, actor) && status === 303;
    if (isSentAway) expect(headers["location"]).toMatch(/^\/login\?next=/);
  }
}

const everyone = async () => [nobody, person, owner, idleStaff, await allStaff(), superuser];

test("every route of the site is in the table, and nothing else is", () => {
  const known = [table, administration, ofEachModel].flatMap((part) => Object.keys(part));
  expect([...new Set(routes.map(nameOf))].sort()).toEqual(known.sort());
  expect(routes.map(nameOf).filter((name, index, all) => all.indexOf(name) !== index)).toEqual([]);
});

describe("everyone gets where the table says, and nowhere else:", () => {
  test.each(Object.entries(table))("%s", async (name, access) => {
    const route = routes.find((each) => nameOf(each) === name);
    if (route) await tryAll(route, access, await everyone());
    expect(route).toBeDefined();
  });

  test.each(Object.entries(administration))("%s", async (name, access) => {
    const route = routes.find((each) => nameOf(each) === name);
    if (route) await tryAll(route, access, [...(await everyone()), ...(await staffAround("jobs"))]);
    expect(route).toBeDefined();
  });

  test.each(
    registry.flatMap((model) =>
      Object.entries(ofEachModel).map(
        ([name, accessOf]) => [model.name, name, accessOf(model)] as const,
      ),
    ),
  )("%s: %s", async (model, name, access) => {
    const route = routes.find((each) => nameOf(each) === name);
    const actors = [...(await everyone()), ...(await staffAround(model))];
    if (route) await tryAll(route, access, actors, model);
    expect(route).toBeDefined();
  });
});

test("no POST of the site is taken without the token of its form", async () => {
  for (const route of routes.filter(({ method }) => method === "post")) {
    const names = route.path.includes(":model") ? registry : [{ name: "" }];
    for (const { name } of names) {
      const address = await addressOf(route, name);
      const { status } = await superuser.caller.send("post", address, { csrf: false });
      // Where there is no such page for a model, there is none without the token either.
      expect([address, status]).toEqual([address, name ? expect.toBeOneOf([403, 404]) : 403]);
    }
  }
});
