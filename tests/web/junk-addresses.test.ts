import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RawSite, startRawSite } from "#tests/web/raw-requests.ts";

let site: RawSite;

beforeAll(async () => {
  site = await startRawSite();
});
afterAll(() => site.close());

describe("addresses nobody's link has", () => {
  test.each([
    ["/?a=1&a=2", [400]],
    ["/?a[]=1", [400]],
    ["/?a[b]=1", [400]],
    ["/?a%5B%5D=1", [400]],
    ["/?__proto__=1", [400]],
    ["/?__proto__[x]=1", [400]],
    ["/?constructor=1&toString=2&hasOwnProperty=3", [200]],
    ["/?a=%00", [400]],
    ["/?%00=a", [400]],
    ["/?a=%ED%A0%80", [200, 400]],
    ["/?a=%FF", [200, 400]],
    ["/?a=%", [200, 400]],
    ["/?", [200]],
    ["/?=", [200]],
    [`/?${"a".repeat(6000)}`, [200]],
    [`/?${Array.from({ length: 1500 }, (_, index) => `x${index}`).join("&")}`, [200, 400]],
    ["/images?cursor=x", [400]],
    ["/images?cursor=1-99999999999", [400]],
    ["/images?cursor=999999999999999-1", [200]],
    ["/images?cursor=-1-1", [400]],
    ["/%", [400]],
    ["/%00", [400]],
    ["/%FF", [400]],
    ["/%ED%A0%80", [400]],
    ["/images/%", [400]],
    ["/images/1%00", [400]],
    ["/images/%FF/x", [400]],
    ["/images/1/%ED%A0%80", [400]],
    ["/users/%00", [400]],
    ["/users/%FF", [400]],
    ["/users/__proto__", [404]],
    ["/users/constructor", [404]],
    [`/users/${"a".repeat(5000)}`, [404]],
    ["/media/%00", [400, 404]],
    ["/media/%FF", [400, 404]],
    ["/media/../../etc/passwd", [400, 404]],
    ["/media/..%2f..%2fsession-secret", [400, 404]],
    ["/static/%FF", [404]],
    ["/healthz?a=1&a=2", [200]],
    ["//", [200, 404]],
    ["//example.org/images", [404]],
    ["/\\example.org", [404]],
    ["/nowhere", [404]],
    ["/.git/config", [404]],
    ["/.env", [404]],
    ["/views/layouts/page.njk", [404]],
    [`/${"x".repeat(10_000)}`, [404]],
    [`/${"x/".repeat(5000)}`, [404]],
  ])("%s", async (path, statuses) => {
    await site.expectProblem(path, {}, statuses);
    await site.expectProblem(path, { signedIn: true }, statuses);
  });

  test.each([
    "0",
    "-1",
    "1e30",
    "1.5",
    "01",
    "99999999999",
    "2147483648",
    "NaN",
    "null",
    "1'--",
    "a",
    "%20",
    "１",
  ])("an image of id %s is not there, whatever is asked of it", async (id) => {
    const encoded = id.startsWith("%") ? id : encodeURIComponent(id);
    for (const path of [`/images/${encoded}`, `/images/${encoded}/slug`]) {
      await site.expectProblem(path, {}, [404]);
    }
    await site.expectProblem(`/images/${encoded}/edit`, { signedIn: true }, [404]);
    for (const action of ["like", "unlike", "delete", "edit"]) {
      await site.expectProblem(
        `/images/${encoded}/${action}`,
        { method: "POST", signedIn: true },
        [404],
      );
    }
  });
});

describe("the wrong method", () => {
  test.each([
    ["PUT", "/images", "GET, HEAD, POST"],
    ["DELETE", "/images/1/like", "GET, HEAD, POST"],
    ["PATCH", "/images/1/comments/2", undefined],
    ["GET", "/logout", "POST"],
    ["POST", "/bookmarklet", "GET, HEAD"],
    ["PATCH", "/login", "GET, HEAD, POST"],
    ["POST", "/users/somebody", "GET, HEAD"],
  ])("%s %s says which are right", async (method, path, allow) => {
    await site.expectProblem(path, { method, signedIn: true }, [allow ? 405 : 404]);
    expect((await site.send(path, { method, signedIn: true })).headers["allow"]).toBe(allow);
  });

  test("is no method at all for an address that is not there", () =>
    site.expectProblem("/nowhere", { method: "PUT", signedIn: true }, [404]));
});

test("headers full of junk change nothing", async () => {
  const junk = {
    "Accept-Encoding": ";;q=x",
    "Accept-Language": "\u00ff",
    Referer: "::",
    "If-None-Match": '"',
    "If-Modified-Since": "x",
    Range: "bytes=9-1",
    "User-Agent": "\u00ff".repeat(1000),
    "HX-Request": "maybe",
    "X-Forwarded-Host": "example.org",
    Forwarded: "for=x",
  };
  for (const accept of ["", ";", "a/b", "text/*;q=x", "application/json;q=0"]) {
    const reply = await site.send("/", { headers: { ...junk, Accept: accept } });
    expect([accept, reply.status]).toEqual([accept, 200]);
    expect(reply.text).not.toContain("example.org");
  }
});
