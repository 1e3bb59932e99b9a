import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { removePhotoQueue } from "#features/account/photos.jobs.ts";
import { removePerson } from "#features/account/remove-person.ts";
import { removeFiles, removeFilesQueue } from "#features/images/images.jobs.ts";
import { likeImage, unlikeImage } from "#features/images/like-image.ts";
import { recountImages } from "#features/images/recount-images.ts";
import { followPerson, unfollowPerson } from "#features/users/follow-person.ts";
import { recountCounters } from "#features/users/recount-counters.ts";
import { createImageRows, drawPicture } from "#tests/factories/images.ts";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { storedFiles } from "#tests/images/stored-files.ts";
import { atOnce } from "#tests/support/at-once.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

type Person = { id: number; username: string; visitor: Visitor };
let site: TestApp;
let me: Person;
let friend: Person;
let seed = 0;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
});
beforeEach(async () => {
  [me, friend] = await Promise.all([signedInPerson(site), signedInPerson(site)]);
});
afterAll(() => site.close());

const path = "/settings/delete";
const remove = (fields: Record<string, string> = {}, person = me) =>
  person.visitor.post(path, { username: person.username, password: goodPassword, ...fields });
const user = (id = me.id) => site.deps.database.user.findUnique({ where: { id } });
const save = async (person: Person, bytes: Buffer) => {
  const answer = await person.visitor.postFile("/images", { name: "a", bytes }, { title: "Crow" });
  return site.deps.database.image.findUniqueOrThrow({
    where: { id: Number(answer.location?.split("/")[2]) },
  });
};
const jobs = (queue: string) =>
  site.deps.database.$queryRaw<{ data: Record<string, string> }[]>`
    select data from pgboss.job where name = ${queue}`;
const differences = async () => [
  ...(await recountCounters(site.deps)),
  ...(await recountImages(site.deps)),
];

describe("deleting one's account", () => {
  test("asks for the username and the password, and is told beside them", async () => {
    const wrong: [string, Record<string, string>][] = [
      ["username", { username: friend.username }],
      ["username", { username: "" }],
      ["password", { password: "wrong" }],
      ["password,username", { password: "wrong", username: "nobody" }],
      ["password", { password: "" }],
      ["password", { password: "x".repeat(1001) }],
    ];
    for (const [field, fields] of wrong) {
      const answer = await remove(fields);
      const fieldsWrong = Object.keys(answer.errors).sort().join();
      expect([answer.status, fieldsWrong]).toEqual([422, field]);
      expect(answer.$("[name=password]").val()).toBe("");
    }
    expect(await user()).not.toBeNull();
  });

  test("takes all that is theirs and was done to it, and signs out everywhere", async () => {
    const { database } = site.deps;
    const mine = await save(me, await drawPicture(++seed));
    const theirs = await save(friend, await drawPicture(++seed));
    await friend.visitor.post(`/images/${mine.id}/like`);
    await me.visitor.post(`/images/${theirs.id}/like`);
    await me.visitor.post(`/users/${friend.username}/follow`);
    await friend.visitor.post(`/users/${me.username}/follow`);
    const photo = { name: "p", bytes: await drawPicture(++seed), field: "photo" };
    await me.visitor.postFile("/settings/profile", photo, {});
    const key = (await database.profile.findUniqueOrThrow({ where: { userId: me.id } })).photo;
    const other = createVisitor(site.app);
    await other.post("/login", { username: me.username, password: goodPassword });

    const answer = await remove({ username: ` ${me.username.toUpperCase()} ` });
    expect([answer.status, answer.location, answer.errors]).toEqual([303, "/", {}]);
    const home = await me.visitor.get("/");
    expect(home.$(".flash").text()).toContain("deleted");
    for (const visitor of [me.visitor, other]) {
      expect((await visitor.get(path)).location).toMatch(/^\/login/);
    }
    expect(await user()).toBeNull();
    for (const gone of [`/users/${me.username}`, `/images/${mine.id}/${mine.slug}`]) {
      expect((await friend.visitor.get(gone)).status).toBe(404);
    }
    const rows = await Promise.all([
      database.profile.count({ where: { userId: me.id } }),
      database.image.count({ where: { ownerId: me.id } }),
      database.like.count({ where: { OR: [{ userId: me.id }, { imageId: mine.id }] } }),
      database.contact.count({ where: { OR: [{ fromId: me.id }, { toId: me.id }] } }),
      database.session.count({ where: { userId: me.id } }),
      database.action.count({ where: { userId: me.id } }),
      database.action.count({ where: { targetType: "user", targetId: me.id } }),
      database.action.count({ where: { targetType: "image", targetId: mine.id } }),
    ]);
    expect(rows).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    const profile = await database.profile.findUniqueOrThrow({ where: { userId: friend.id } });
    expect(profile).toMatchObject({ followersCount: 0, followingCount: 0, imagesCount: 1 });
    expect((await database.image.findUniqueOrThrow({ where: { id: theirs.id } })).totalLikes).toBe(
      0,
    );
    expect(await jobs(removeFilesQueue)).toContainEqual({ data: { sha256: mine.sha256 } });
    expect(await jobs(removePhotoQueue)).toContainEqual({ data: { photo: key } });
    await removeFiles(site.deps, mine);
    expect((await storedFiles(site)).filter((file) => file.includes(mine.sha256))).toEqual([]);
    expect(await differences()).toEqual([]);
    const again = await signInAgain();
    expect(again.status).toBe(422);
  });

  const signInAgain = () =>
    createVisitor(site.app).post("/login", { username: me.username, password: goodPassword });

  test("leaves others what they saved of the same bytes", async () => {
    const bytes = await drawPicture(++seed);
    const { sha256 } = await save(me, bytes);
    const theirs = await save(friend, bytes);
    await remove();
    await removeFiles(site.deps, { sha256 });
    expect((await friend.visitor.get(`/media/${theirs.storageKey}`)).status).toBe(200);
    expect((await friend.visitor.get(`/images/${theirs.id}/${theirs.slug}`)).status).toBe(200);
  });

  test("frees the name and the address for somebody else", async () => {
    await remove();
    const again = await signedInPerson(site, {
      username: me.username,
      email: `${me.username}@example.org`,
    });
    expect(again.id).not.toBe(me.id);
  });

  test("whole or not at all", async () => {
    await save(me, await drawPicture(++seed));
    const noQueue = {
      ...site.deps,
      jobs: { ...site.deps.jobs, enqueueAll: () => Promise.reject(new Error("no queue")) },
    };
    await expect(removePerson(noQueue, { person: me })).rejects.toThrow("no queue");
    expect(await site.deps.database.image.count({ where: { ownerId: me.id } })).toBe(1);
  });

  test("for an administrator is recorded with it, or not done at all", async () => {
    const { database } = site.deps;
    const alongside = async (tx: Pick<typeof database, "adminChange">) => {
      await tx.adminChange.create({
        data: {
          ...{ actorId: friend.id, actorName: friend.username, model: "users" },
          ...{ objectId: String(me.id), objectLabel: me.username, kind: "deleted" },
        },
      });
    };
    const fails = { alongside: () => Promise.reject(new Error("no history")) };
    await expect(removePerson(site.deps, { person: me, actor: friend, ...fails })).rejects.toThrow(
      "no history",
    );
    expect(await user()).not.toBeNull();
    await removePerson(site.deps, { person: me, actor: friend, alongside });
    const where = { objectId: String(me.id) };
    expect(await database.adminChange.count({ where })).toBe(1);
    await expect(
      removePerson(site.deps, { person: me, actor: friend, alongside }),
    ).rejects.toMatchObject({ code: "not_found" });
    expect(await database.adminChange.count({ where })).toBe(1);
  });

  test("of each other by two at once takes at least one, and nothing hangs", async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = await Promise.all([signedInPerson(site), signedInPerson(site)]);
      await followPerson(site.deps, { actor: one, person: two });
      const remove = (actor: Person, person: Person) =>
        removePerson(site.deps, {
          ...{ person, actor },
          alongside: async (tx) => {
            await tx.$queryRaw`select id from users where id = ${actor.id} for key share`;
          },
        });
      const answers = await Promise.allSettled([remove(one, two), remove(two, one)]);
      expect(answers.map(({ status }) => status)).toContain("fulfilled");
      for (const answer of answers) expect(answer).not.toMatchObject({ reason: { code: "P2034" } });
    }
  });

  test("of thousands of pictures enqueues a job for each", async () => {
    const ids = await createImageRows(site.deps.database, me.id, 2500);
    const before = (await jobs(removeFilesQueue)).length;
    expect((await remove()).status).toBe(303);
    expect(await jobs(removeFilesQueue)).toHaveLength(before + ids.length);
  });

  test("asked for twice at once deletes once", async () => {
    await save(me, await drawPicture(++seed));
    const answers = await Promise.allSettled(
      Array.from({ length: 4 }, () => removePerson(site.deps, { person: me })),
    );
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === "rejected") expect(answer.reason).toMatchObject({ code: "not_found" });
    }
  });
});

describe("the last superuser", () => {
  beforeEach(() => site.deps.database.user.updateMany({ data: { isSuperuser: false } }));

  test("stays; the last but one may go", async () => {
    const [one, two] = [
      await signedInPerson(site, { isSuperuser: true }),
      await signedInPerson(site, { isSuperuser: true }),
    ];
    expect((await remove({}, one)).status).toBe(303);
    const answer = await remove({}, two);
    expect([answer.status, Object.keys(answer.errors)]).toEqual([422, ["username"]]);
    expect(await user(two.id)).not.toBeNull();
  });

  test("is there also after all went at once", async () => {
    const people = await Promise.all(
      Array.from({ length: 4 }, () => signedInPerson(site, { isSuperuser: true })),
    );
    const answers = await Promise.allSettled(
      people.map((person) => removePerson(site.deps, { person })),
    );
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(await site.deps.database.user.count({ where: { isSuperuser: true } })).toBe(1);
  });

  test("does not count others who are deactivated", async () => {
    const one = await signedInPerson(site, { isSuperuser: true });
    const two = await signedInPerson(site, { isSuperuser: true });
    await site.deps.database.user.update({ where: { id: two.id }, data: { isActive: false } });
    expect((await remove({}, one)).status).toBe(422);
  });
});

test("likes, follows and deletions that come at once end well, and every number is right", async () => {
  const { database } = site.deps;
  const failures: unknown[] = [];
  // Somebody or something that has gone meanwhile is nobody's fault.
  const expected = /not_found|P2003|P2025|23503/;
  const note = (error: { code?: string; message: string }) => {
    const isGone =
      expected.test(`${error.code} ${error.message}`) || /foreign key/i.test(error.message);
    if (!isGone) failures.push(error);
  };
  for (let round = 0; round < 4; round += 1) {
    const people = await Promise.all(Array.from({ length: 6 }, () => signedInPerson(site)));
    const images = (
      await Promise.all(people.map(({ id }) => createImageRows(database, id, 3)))
    ).flat();
    const work: (() => Promise<unknown>)[] = [];
    for (const actor of people) {
      for (const id of images) {
        const image = { id };
        work.push(() => likeImage(site.deps, { actor, image }).catch(note));
        if (id % 3 === 0) work.push(() => unlikeImage(site.deps, { actor, image }).catch(note));
      }
      for (const person of people) {
        if (person.id === actor.id) continue;
        work.push(() => followPerson(site.deps, { actor, person }).catch(note));
        if (person.id % 2)
          work.push(() => unfollowPerson(site.deps, { actor, person }).catch(note));
      }
    }
    // Amid the others, each after a share of them.
    for (const [index, person] of people.slice(0, 4).entries()) {
      const remove = () =>
        removePerson(site.deps, { person }).catch((error) => failures.push(error));
      work.splice((index + 1) * 30, 0, remove);
    }
    await atOnce(work);
    const left = await database.user.count({ where: { id: { in: people.map(({ id }) => id) } } });
    expect(left).toBe(2);
  }
  expect(failures).toEqual([]);
  expect(await differences()).toEqual([]);
  const ghosts = await database.$queryRaw<unknown[]>`
    select 1 from actions a where
      (target_type = 'image' and not exists (select from images where id = target_id)) or
      (target_type = 'user' and not exists (select from users where id = target_id))`;
  expect(ghosts).toEqual([]);
}, 90_000);
