import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import supertest from "supertest";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { drawPicture } from "#tests/factories/images.ts";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { expectNoTemporaryFiles, temporaryFiles } from "#tests/images/stored-files.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;
let server: Server;
let agent: ReturnType<typeof supertest.agent>;
let bytes: Buffer;
let csrf: string;

beforeAll(async () => {
  site = await startTestApp();
  server = createServer(site.app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  agent = supertest.agent(server);
  bytes = await drawPicture(1);
  const { username } = await signedInPerson(site);
  const fields = { _csrf: await tokenOf("/login"), username, password: goodPassword };
  await agent.post("/login").type("form").send(fields).expect(303);
  csrf = await tokenOf("/images/new");
});
beforeEach(() => expectNoTemporaryFiles(site));
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await site.close();
});

async function tokenOf(path: string): Promise<string> {
  const { text } = await agent.get(path).expect(200);
  return /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? "";
}

const post = (token = csrf) => agent.post("/images").field("_csrf", token);

describe("a form that no page of ours sends", () => {
  test.each([
    ["a wrong token", 403, () => post("wrong").attach("file", bytes, "a.jpg")],
    ["no token", 403, () => agent.post("/images").attach("file", bytes, "a.jpg")],
    ["two files", 400, () => post().attach("file", bytes, "a.jpg").attach("file", bytes, "b.jpg")],
    ["a file in another field", 400, () => post().attach("photo", bytes, "a.jpg")],
    ["NUL in a field", 400, () => post().field("title", "a\0b").attach("file", bytes, "a.jpg")],
    [
      "a repeated field",
      400,
      () => post().field("title", ["a", "b"]).attach("file", bytes, "a.jpg"),
    ],
    ["a nested field", 400, () => post().field("title[a]", "b").attach("file", bytes, "a.jpg")],
    [
      "a field as large as a book",
      413,
      () => post().field("title", "a".repeat(100_001)).attach("file", bytes, "a.jpg"),
    ],
  ])("is refused and its file thrown away: %s", async (_, status, send) => {
    expect((await send()).status).toBe(status);
    await expectNoTemporaryFiles(site);
    expect(await site.deps.database.image.count()).toBe(0);
  });

  test.each([
    ["cut short", '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf'],
    ["without parts", "nothing"],
    ["with a broken header", "--x\r\nContent-Disposition\r\n\r\nhalf\r\n--x--\r\n"],
  ])("is refused when it is %s", async (_, body) => {
    const answer = await agent
      .post("/images")
      .set("Content-Type", "multipart/form-data; boundary=x")
      .send(body);
    expect([400, 403]).toContain(answer.status);
    await expectNoTemporaryFiles(site);
  });

  test("is refused without a boundary", async () => {
    const answer = await agent.post("/images").set("Content-Type", "multipart/form-data").send("x");
    expect(answer.status).toBe(400);
  });
});

test("an upload whose sender goes away leaves nothing", async () => {
  const { port } = server.address() as AddressInfo;
  const cookie = agent.jar.getCookies({
    domain: "127.0.0.1",
    path: "/",
    secure: false,
    script: false,
  });
  const upload = request({
    ...{ port, host: "127.0.0.1", method: "POST", path: "/images" },
    headers: { "content-type": "multipart/form-data; boundary=x", cookie: cookie.toValueString() },
  });
  upload.on("error", () => {});
  upload.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n');
  upload.write(Buffer.alloc(100_000, 7));
  await vi.waitFor(async () => expect(await temporaryFiles(site)).toHaveLength(1), {
    timeout: 10_000,
  });
  upload.destroy();
  await expectNoTemporaryFiles(site);
});
