import { afterAll, beforeAll, expect, test } from "vitest";
import { type RawSite, startRawSite } from "./raw-requests.ts";

let site: RawSite;
/** A session of a stranger, as `name=value`. */
let cookie: string;

beforeAll(async () => {
  site = await startRawSite();
  const { headers } = await site.send("/login");
  cookie = String([headers["set-cookie"]].flat()[0]).split(";")[0] ?? "";
});
afterAll(() => site.close());

const oddities = (): [string, string][] => {
  const [name = "", value = ""] = cookie.split("=");
  return [
    ["a space before the sign", `${name} =${value}`],
    ["a tab before the sign", `${name}\t=${value}`],
    ["spaces all around", ` ${name}  =  ${value} `],
    ["quotes", `${name}="${value}"`],
    ["another one before", `other=1;${name}=${value}`],
    ["the name alone", name],
    ["no value", `${name}=`],
    ["a forged signature", `${name}=${value.slice(0, -4)}AAAA`],
    ["twice", `${name}=x; ${name}=${value}`],
    ["a broken escape", `${name}=%E0%A4%A`],
    ["another name", `un${name}=1`],
  ];
};

test("odd cookies are a session or none, never a failure", async () => {
  for (const [name, header] of oddities()) {
    for (const path of ["/login", "/images", "/nothing-here"]) {
      for (const method of ["GET", "HEAD"]) {
        const { status } = await site.send(path, { method, headers: { Cookie: header } });
        expect([name, path, status]).toEqual([name, path, path === "/nothing-here" ? 404 : 200]);
      }
    }
  }
});

test("while the store is away they are told to come back, and nothing breaks later", async () => {
  const { sessionStore } = site.deps;
  const { get } = sessionStore;
  sessionStore.get = (_id: string, answer: (error: Error) => void) => {
    const away = Object.assign(new Error("Connection terminated"), { code: "ECONNRESET" });
    setTimeout(() => answer(away), 20);
  };
  try {
    const [name = "", value = ""] = cookie.split("=");
    for (const header of [cookie, `${name} =${value}`]) {
      const { status } = await site.send("/login", { headers: { Cookie: header } });
      expect(status).toBe(503);
    }
    expect((await site.send("/images")).status).toBe(200);
  } finally {
    sessionStore.get = get;
  }
});
