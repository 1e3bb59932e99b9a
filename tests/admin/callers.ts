import { load } from "cheerio";
import supertest from "supertest";
import { createPerson, type NewPerson } from "#features/account/register-person.ts";
import { type Grant, type Right, rights } from "#features/admin/rights.ts";
import type { Database } from "#platform/database.ts";
import { newPerson } from "#tests/factories/people.ts";
import type { TestApp } from "#tests/support/test-app.ts";

export const methods = ["get", "head", "options", "post", "put", "patch", "delete"] as const;
export type Method = (typeof methods)[number];

/** Somebody who sends any method, with or without the token of their forms. */
export interface Caller {
  id: number;
  username: string;
  cookie: string;
  send(method: Method, path: string, options?: SendOptions): Promise<supertest.Response>;
}

interface SendOptions {
  fields?: Record<string, string>;
  accept?: string;
  /** False for a form without its token. */
  csrf?: boolean;
  headers?: Record<string, string>;
  /** Nothing but headers, with the token among them; or parts, as forms with files send them. */
  body?: "none" | "multipart";
}

export const stranger = (site: TestApp) => callerOf(site, { id: 0, username: "" }, "", "/login");

export async function signedIn(site: TestApp, values: Partial<NewPerson> = {}): Promise<Caller> {
  const person = newPerson(values);
  const { id } = await createPerson(site.deps, person);
  const agent = supertest.agent(site.app);
  const { username, password } = person;
  const token = tokenIn((await agent.get("/login")).text);
  const answer = await agent.post("/login").type("form").send({ _csrf: token, username, password });
  const cookie = cookieIn(answer);
  return callerOf(site, { id, username }, cookie, "/bookmarklet");
}

/** Staff in a group of their own that may do these things. */
export async function staffWith(site: TestApp, grants: readonly Grant[]): Promise<Caller> {
  const staff = await signedIn(site, { isStaff: true });
  if (grants.length > 0) await createGroup(site.deps.database, grants, [staff.id]);
  return staff;
}

let groups = 0;

export async function createGroup(
  database: Database,
  grants: readonly Grant[],
  memberIds: readonly number[] = [],
): Promise<{ id: number; name: string }> {
  groups += 1;
  const models = [...new Set(grants.map((grant) => grant.split(" ")[0] ?? ""))];
  return database.group.create({
    data: {
      name: `Group ${groups}`,
      members: { create: memberIds.map((userId) => ({ userId })) },
      rights: {
        create: models.map((model) => {
          const may = (right: Right) => grants.includes(`${model} ${right}`);
          return {
            model,
            canView: may("view"),
            canAdd: may("add"),
            canChange: may("change"),
            canDelete: may("delete"),
          };
        }),
      },
    },
  });
}

export const allGrants = (model: string): Grant[] =>
  rights.map((right): Grant => `${model} ${right}`);

/** Somebody whose password was right, and of whom a code is asked for. */
export async function halfSignedIn(site: TestApp): Promise<Caller> {
  const person = newPerson();
  const { id, username } = await createPerson(site.deps, person);
  await site.deps.database.authenticator.create({
    data: { userId: id, secret: "A".repeat(32), lastStep: 0, createdAt: new Date() },
  });
  const before = await stranger(site);
  const fields = { username, password: person.password };
  const answer = await before.send("post", "/login", { fields });
  return callerOf(site, { id, username }, cookieIn(answer), "/login/second-factor");
}

/** @param page one whose form holds their token */
async function callerOf(
  { app }: TestApp,
  person: { id: number; username: string },
  signedInCookie: string,
  page: string,
): Promise<Caller> {
  const loaded = await supertest(app).get(page).set("Cookie", signedInCookie);
  const token = tokenIn(loaded.text);
  const cookie = signedInCookie || cookieIn(loaded);
  return {
    ...person,
    cookie,
    send: async (method, path, options = {}) => {
      const { fields = {}, accept = "text/html", csrf = true, headers = {}, body } = options;
      const request = supertest(app)
        [method](path)
        .set({ Cookie: cookie, Accept: accept, ...headers });
      if (["get", "head", "options"].includes(method)) return request;
      if (body === "none") return request.set("X-CSRF-Token", token);
      if (body) return request.set("X-CSRF-Token", token).field("nothing", "of ours");
      return request.type("form").send(csrf ? { _csrf: token, ...fields } : fields);
    },
  };
}

const tokenIn = (html: string) => String(load(html)("input[name=_csrf]").first().val() ?? "");

const cookieIn = (answer: supertest.Response) =>
  [answer.headers["set-cookie"]]
    .flat()
    .map((line) => String(line).split(";")[0])
    .join("; ");
