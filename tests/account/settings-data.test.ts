import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import supertest from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportData } from "#features/account/export-data.ts";
import { createContacts, createPeopleRows } from "#tests/factories/deeds.ts";
import { createImageRows, drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { storageFolder } from "#tests/images/stored-files.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let me: { id: number; username: string; visitor: Visitor };
let other: { id: number; username: string; visitor: Visitor };
let folder: string;
const pictures: Buffer[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "magpie-export-"));
  site = await startTestApp();
  [me, other] = [await signedInPerson(site), await signedInPerson(site)];
  for (const seed of [1, 2]) {
    const bytes = await drawPicture(seed);
    pictures.push(bytes);
    const answer = await me.visitor.postFile(
      "/images",
      { name: "a.jpg", bytes },
      { title: `Elster "Nº ${seed}"`, description: "Zwei\nZeilen" },
    );
    expect(answer.status).toBe(303);
  }
  const theirs = await other.visitor.postFile(
    "/images",
    { name: "b.jpg", bytes: await drawPicture(3) },
    { title: "Theirs" },
  );
  await me.visitor.post(`/images/${theirs.location?.split("/")[2]}/like`);
  await me.visitor.post(`/users/${other.username}/follow`);
  await other.visitor.post(`/users/${me.username}/follow`);
  const photo = { name: "p.png", bytes: await drawPicture(4), field: "photo" };
  await me.visitor.postFile("/settings/profile", photo, { bio: "About me" });
});
afterAll(async () => {
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

const read = (archive: string, name: string) =>
  execFileSync("unzip", ["-p", archive, name], { maxBuffer: 50_000_000 });
const readJson = (archive: string, name: string) => JSON.parse(read(archive, name).toString());
const names = (archive: string) =>
  execFileSync("unzip", ["-Z1", archive], { maxBuffer: 50_000_000 }).toString().trim().split("\n");

async function download(visitor = me.visitor): Promise<string> {
  const answer = await visitor.post("/settings/data/download", {}, { binary: true });
  expect(answer.status).toBe(200);
  const path = join(folder, `${Math.random()}.zip`);
  writeFileSync(path, answer.bytes);
  return path;
}

async function exported(person: { id: number; photo: string | null }): Promise<string> {
  const path = join(folder, `${Math.random()}.zip`);
  const chunks: Buffer[] = [];
  for await (const chunk of exportData(site.deps, { person })) chunks.push(chunk);
  writeFileSync(path, Buffer.concat(chunks));
  return path;
}

describe("the archive", () => {
  test("holds everything of mine, and the pictures byte by byte", async () => {
    const archive = await download();
    execFileSync("unzip", ["-tq", archive]);
    const images = readJson(archive, "images.json");
    expect(names(archive).toSorted()).toEqual(
      [
        ...["followers.json", "following.json", "images.json", "likes.json", "photo.webp"],
        ...images.map((image: { file: string }) => image.file),
        ...["connections.json", "passkeys.json", "profile.json", "sessions.json"],
      ].toSorted(),
    );
    expect(readJson(archive, "profile.json")).toMatchObject({
      username: me.username,
      email: `${me.username}@example.org`,
      bio: "About me",
      images: 2,
      followers: 1,
    });
    expect(images.map(({ title }: { title: string }) => title)).toEqual([
      'Elster "Nº 2"',
      'Elster "Nº 1"',
    ]);
    expect(images[0].file).toMatch(/^pictures\/\d+-elster-no-2\.jpg$/);
    expect(read(archive, images[0].file)).toEqual(pictures[1]);
    expect(read(archive, images[1].file)).toEqual(pictures[0]);
    expect(readJson(archive, "likes.json")).toMatchObject([{ title: "Theirs" }]);
    expect(readJson(archive, "following.json")).toMatchObject([{ username: other.username }]);
    expect(readJson(archive, "followers.json")).toMatchObject([{ username: other.username }]);
    expect(readJson(archive, "sessions.json")).toHaveLength(1);
  });

  test("holds nothing that signs in, and nothing of others but their names", async () => {
    const archive = await download();
    const everything = names(archive)
      .filter((name) => name.endsWith(".json"))
      .map((name) => read(archive, name).toString())
      .join();
    const [user] = await site.deps.database.user.findMany({ where: { id: me.id } });
    const [session] = await site.deps.database.session.findMany({ where: { userId: me.id } });
    for (const secret of [user?.passwordHash, session?.id, `${other.username}@example.org`]) {
      expect(secret).toBeTruthy();
      expect(everything).not.toContain(secret);
    }
  });

  test("is named after its person and day, and nobody's to keep", async () => {
    const { headers } = await me.visitor.post("/settings/data/download");
    expect(headers["content-type"]).toBe("application/zip");
    expect(headers["content-disposition"]).toMatch(
      new RegExp(`^attachment; filename="magpie-${me.username}-\\d{4}-\\d\\d-\\d\\d\\.zip"$`),
    );
    expect(headers["cache-control"]).toBe("no-store");
  });

  test("of somebody new is small and whole", async () => {
    const archive = await download((await signedInPerson(site)).visitor);
    execFileSync("unzip", ["-tq", archive]);
    expect(readJson(archive, "images.json")).toEqual([]);
  });

  test("cannot be asked for by a link, which leads to its page", async () => {
    const answer = await me.visitor.get("/settings/data/download");
    expect(answer).toMatchObject({ status: 303, location: "/settings/data" });
  });

  test("leaves out whose file or owner has gone", async () => {
    const person = await signedInPerson(site);
    const [lost] = await createImageRows(site.deps.database, person.id, 1);
    const hidden = await signedInPerson(site);
    const [theirs] = await createImageRows(site.deps.database, hidden.id, 1);
    await person.visitor.post(`/images/${theirs}/like`);
    await person.visitor.post(`/users/${hidden.username}/follow`);
    await site.deps.database.user.update({ where: { id: hidden.id }, data: { isActive: false } });
    const archive = await download(person.visitor);
    expect(readJson(archive, "images.json")).toMatchObject([{ id: lost }]);
    expect(names(archive).filter((name) => name.startsWith("pictures/"))).toEqual([]);
    expect(readJson(archive, "likes.json")).toEqual([]);
    expect(readJson(archive, "following.json")).toEqual([]);
  });

  test("of thousands is whole, and read a thousand at a time", async () => {
    const person = await signedInPerson(site);
    const ids = await createPeopleRows(site.deps.database, 2500, "crowd");
    await createContacts(site.deps.database, person.id, ids);
    let archive = "";
    const queries = await queriesOf(async () => {
      archive = await exported({ id: person.id, photo: null });
    });
    const following: { username: string }[] = readJson(archive, "following.json");
    expect(new Set(following.map(({ username }) => username)).size).toBe(2500);
    expect(queries.length).toBeLessThan(12);
  });

  test("that breaks off midway looks broken, and the site goes on", async () => {
    const person = await signedInPerson(site);
    const bytes = await drawPicture(77, { width: 900, height: 900, format: "png" });
    await person.visitor.postFile("/images", { name: "a.png", bytes }, { title: "Breaks" });
    const open = site.deps.storage.open;
    site.deps.storage.open = async (key) => {
      const opened = await open(key);
      opened.stream.once("data", () => opened.stream.destroy(new Error("the disk is gone")));
      return opened;
    };
    try {
      await expect(person.visitor.post("/settings/data/download")).rejects.toThrow();
    } finally {
      site.deps.storage.open = open;
    }
    expect((await supertest(site.app).get("/healthz")).status).toBe(200);
  });

  test("may be asked for five times an hour", async () => {
    const person = await signedInPerson(site);
    const statuses = [];
    for (let count = 0; count < 6; count += 1) {
      statuses.push((await person.visitor.post("/settings/data/download")).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    const refused = await person.visitor.post("/settings/data/download");
    expect(refused.errors["download"]).toContain("Try again");
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  });

  test("does without a photo whose file is gone", async () => {
    const person = await signedInPerson(site);
    const photo = { name: "p.png", bytes: await drawPicture(5), field: "photo" };
    await person.visitor.postFile("/settings/profile", photo, {});
    await rm(join(storageFolder(site), "photos"), { recursive: true, force: true });
    expect(names(await download(person.visitor))).not.toContain("photo.webp");
  });
});
