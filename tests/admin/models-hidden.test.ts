import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeFiles } from "#features/images/images.jobs.ts";
import { fillForm, sendForm } from "#tests/admin/fill-form.ts";
import { drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { storedFiles } from "#tests/images/stored-files.ts";
import { describeWithRedis } from "#tests/support/redis-server.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

type Person = { id: number; username: string; visitor: Visitor };

/** What others see of somebody, before and after an administrator did something about it. */
function hiding(settings: () => Record<string, string>) {
  let site: TestApp;
  let admin: Person;
  let heron: Person;
  let other: Person;
  let id: number;
  let theirs: number;

  const save = async ({ visitor }: Person, seed: number) => {
    const file = { name: "a", bytes: await drawPicture(seed) };
    const answer = await visitor.postFile("/images", file, { title: "Reeds" });
    return Number(answer.location?.split("/")[2]);
  };

  beforeAll(async () => {
    site = await startTestApp({ RATE_LIMITS: "off", ...settings() });
    admin = await signedInPerson(site, { isSuperuser: true });
    heron = await signedInPerson(site, { username: "grey_heron", email: "heron@example.org" });
    other = await signedInPerson(site);
    [id, theirs] = [await save(heron, 1), await save(other, 2)];
    await heron.visitor.post(`/images/${theirs}/like`);
    await heron.visitor.post(`/users/${other.username}/follow`);
    await other.visitor.post("/users/grey_heron/follow");
    await createVisitor(site.app).get(`/images/${id}/reeds`);
    await site.deps.viewCounters.flush();
  });
  afterAll(() => site.close());

  const pages = () => [
    ...["/", "/images", "/ranking", "/ranking?period=day", "/ranking?period=week", "/users"],
    ...[`/users/${other.username}/followers`, `/users/${other.username}/following`],
    `/images/${theirs}/reeds`,
  ];
  /** On which pages somebody finds the person or their picture. */
  const tracesFor = async (visitor: Visitor) => {
    const found: string[] = [];
    for (const path of pages()) {
      const { status, $ } = await visitor.get(path);
      expect(status).toBe(200);
      const main = $("main").html() ?? "";
      if (main.includes("grey_heron") || main.includes(`/images/${id}/`)) found.push(path);
    }
    return found;
  };
  const stranger = () => createVisitor(site.app);
  /** Kept pages and remembered cards are those a visitor had before. */
  const traces = async () => [await tracesFor(stranger()), await tracesFor(other.visitor)];
  const statuses = async () =>
    Promise.all(
      ["/users/grey_heron", `/images/${id}/reeds`].map(
        async (path) => (await stranger().get(path)).status,
      ),
    );

  test("at first they are everywhere", async () => {
    const [strangers, followers] = await traces();
    expect(strangers).toEqual(pages());
    expect(followers).toEqual(pages());
    expect(await statuses()).toEqual([200, 200]);
  });

  test("deactivated, they are nowhere at once, and back when active", async () => {
    const page = `/admin/users/${heron.id}`;
    expect((await fillForm(admin.visitor, page, { isActive: false })).status).toBe(303);
    expect(await traces()).toEqual([[], []]);
    expect(await statuses()).toEqual([404, 404]);
    expect((await heron.visitor.get("/images/new")).status).toBe(303);
    expect((await fillForm(admin.visitor, page, { isActive: true })).status).toBe(303);
    expect(await traces()).toEqual([pages(), pages()]);
  });

  test("deleted, they are nowhere at once, and their files go by jobs that may run twice", async () => {
    const { sha256 } = await site.deps.database.image.findUniqueOrThrow({ where: { id } });
    const question = await admin.visitor.get(`/admin/users/${heron.id}/delete`);
    expect(question.$(".takes-along").text()).toContain("1 picture, with its files");
    expect((await sendForm(admin.visitor, question.$)).status).toBe(303);
    expect(await traces()).toEqual([[], []]);
    expect(await statuses()).toEqual([404, 404]);
    const files = async () => (await storedFiles(site)).filter((file) => file.includes(sha256));
    expect((await files()).length).toBeGreaterThan(1);
    for (let run = 0; run < 2; run += 1) await removeFiles(site.deps, { sha256 });
    expect(await files()).toEqual([]);
  });
}

describe("hiding people", () => hiding(() => ({})));
describeWithRedis("hiding people with a Redis", (redis) =>
  hiding(() => ({ REDIS_URL: redis.url })),
);
