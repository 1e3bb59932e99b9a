import { afterAll, beforeAll, describe, test } from "vitest";
import { type RawSite, startRawSite } from "#tests/web/raw-requests.ts";

let site: RawSite;

beforeAll(async () => {
  site = await startRawSite();
});
afterAll(() => site.close());

describe("bodies no form of ours sends", () => {
  const form = "application/x-www-form-urlencoded";
  const json = "application/json";
  const post = (type: string, body: string | Buffer, headers: Record<string, string> = {}) => ({
    method: "POST",
    body,
    signedIn: true,
    headers: { "Content-Type": type, ...headers },
  });

  test.each<[string, string, ReturnType<typeof post>, number[]]>([
    ["a repeated field", "/login", post(form, "username=a&username=b"), [400]],
    ["a list", "/login", post(form, "username[]=a"), [400]],
    ["a nested field", "/login", post(form, "username[x]=a"), [400]],
    ["a prototype", "/login", post(form, "__proto__=a&username=b"), [400, 422]],
    ["a NUL", "/login", post(form, "username=a%00&password=b"), [400]],
    [
      "bytes that are no UTF-8",
      "/login",
      post(form, "username=%FF%ED%A0%80&password=b"),
      [400, 422],
    ],
    [
      "raw bytes that are no UTF-8",
      "/login",
      post(form, Buffer.from([0x61, 0x3d, 0xff, 0xed, 0xa0])),
      [400, 422],
    ],
    [
      "a thousand and one fields",
      "/login",
      post(
        form,
        Array(1001)
          .fill(0)
          .map((_, i) => `a${i}=1`)
          .join("&"),
      ),
      [400, 413],
    ],
    ["more than 100 kB", "/login", post(form, `username=${"a".repeat(103_000)}`), [413]],
    [
      "more than 100 kB of JSON",
      "/login",
      post(json, JSON.stringify({ a: "a".repeat(103_000) })),
      [413],
    ],
    ["broken JSON", "/login", post(json, '{"username":'), [400]],
    ["JSON that is a list", "/login", post(json, '["username"]'), [400]],
    ["JSON that is a number", "/login", post(json, "1"), [400]],
    ["nested JSON", "/login", post(json, '{"username":{"contains":""},"password":"x"}'), [400]],
    ["a list in JSON", "/login", post(json, '{"username":["a"],"password":"x"}'), [400]],
    ["a prototype in JSON", "/login", post(json, '{"__proto__":{"isSuperuser":true}}'), [400]],
    [
      "a lone surrogate in JSON",
      "/login",
      post(json, '{"username":"\\ud800","password":"x"}'),
      [400],
    ],
    ["a NUL in JSON", "/login", post(json, '{"username":"\\u0000","password":"x"}'), [400]],
    ["text", "/login", post("text/plain", "username=a"), [415]],
    ["XML", "/login", post("application/xml", "<a/>"), [415]],
    ["a body without a type", "/login", { ...post(form, "a=b"), headers: {} as never }, [415]],
    ["an unknown character set", "/login", post(`${form}; charset=x-none`, "username=a"), [415]],
    [
      "an unknown encoding",
      "/login",
      post(form, "username=a", { "Content-Encoding": "x-none" }),
      [415],
    ],
    [
      "what only says it is gzip",
      "/login",
      post(form, "username=a", { "Content-Encoding": "gzip" }),
      [400],
    ],
    ["multipart without a boundary", "/images", post("multipart/form-data", "x"), [400]],
    [
      "broken multipart",
      "/images",
      post("multipart/form-data; boundary=x", "--x\r\nContent-Dis"),
      [400],
    ],
    ["text where a picture is saved", "/images", post("text/plain", "x"), [415]],
    ["a NUL where a picture is saved", "/images", post(form, "title=%00"), [400]],
    ["a NUL in the name of a new person", "/register", post(form, "username=a%00"), [400]],
    ["a body at an address that is not there", "/nowhere", post(form, "a=b"), [404]],
  ])("%s", async (_what, path, options, statuses) => {
    await site.expectProblem(path, options, statuses);
  });

  test("multipart forms with a field twice, a nested field or a NUL are refused", async () => {
    const part = (name: string, value: string) =>
      `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const bodies = [
      part("title", "a") + part("title", "b"),
      part("title[]", "a"),
      part("title[x]", "a"),
      part("title", "a\0b"),
      part("__proto__", "a"),
    ];
    for (const body of bodies) {
      await site.expectProblem(
        "/images",
        post("multipart/form-data; boundary=x", `${body}--x--\r\n`),
        [400],
      );
    }
  });
});
