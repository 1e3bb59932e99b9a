import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { likeImage, unlikeImage } from "#features/images/like-image.ts";
import { removeImage } from "#features/images/remove-image.ts";
import { NotFound } from "#lib/errors.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

interface Liker {
  id: number;
  visitor: Visitor;
  csrf: string;
}

let site: TestApp;
let ownerId: number;
let people: Liker[];
let imageId: number;

beforeAll(async () => {
  site = await startTestApp();
  ownerId = (await signedInPerson(site)).id;
  people = await Promise.all(
    Array.from({ length: 15 }, async () => {
      const { id, visitor } = await signedInPerson(site);
      return { id, visitor, csrf: await visitor.csrf() };
    }),
  );
});
beforeEach(async () => {
  [imageId = 0] = await createImageRows(site.deps.database, ownerId, 1);
});
afterAll(() => site.close());

async function send({ visitor, csrf }: Liker, verb: "like" | "unlike" | "delete") {
  const options = { csrf: null, headers: { Accept: "application/json" } };
  return visitor.post(`/images/${imageId}/${verb}`, { _csrf: csrf }, options);
}

async function expectCounted(): Promise<number> {
  const image = await site.deps.database.image.findUniqueOrThrow({ where: { id: imageId } });
  expect(image.totalLikes).toBe(await site.deps.database.like.count({ where: { imageId } }));
  return image.totalLikes;
}

const actions = () =>
  site.deps.database.action.count({ where: { targetId: imageId, verb: "image_liked" } });
const first = () => people[0] as Liker;

describe("many likes at once", () => {
  test("a hundred by one person are one", async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(first(), "like")));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.likes))).toEqual(new Set([1]));
    expect(await expectCounted()).toBe(1);
    expect(await actions()).toBe(1);
  });

  test("fifty people's are fifty, and as many taken back are none", async () => {
    const likers = await site.deps.database.user.createManyAndReturn({
      data: Array.from({ length: 50 }, (_, index) => ({
        ...{ username: `liker${index}`, email: `liker${index}@example.org` },
      })),
    });
    const image = { id: imageId };
    const counts = await Promise.all(likers.map((actor) => likeImage(site.deps, { actor, image })));
    expect(counts.sort((a, b) => a - b)).toEqual(likers.map((_, index) => index + 1));
    expect(await expectCounted()).toBe(50);
    expect(await actions()).toBe(50);
    await Promise.all(likers.map((actor) => unlikeImage(site.deps, { actor, image })));
    expect(await expectCounted()).toBe(0);
  });

  test("likes and unlikes in any order leave the counter right", async () => {
    const storm = people
      .slice(0, 20)
      .flatMap((person) =>
        (["like", "unlike", "like", "unlike", "like"] as const).map((verb) => send(person, verb)),
      );
    const answers = await Promise.all(storm);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    for (const { body } of answers) expect(Number(body.likes)).toBeGreaterThanOrEqual(0);
    await expectCounted();
  });

  test("while the picture is deleted end well, and nothing of it remains", async () => {
    await Promise.all(people.slice(0, 8).map((person) => send(person, "like")));
    const answers = await Promise.all([
      ...people.map((person, index) => send(person, index < 8 ? "unlike" : "like")),
      removeImage(site.deps, { image: { id: imageId } }),
    ]);
    const statuses = new Set(answers.map((answer) => answer?.status ?? 404));
    expect([...statuses].filter((status) => status !== 200 && status !== 404)).toEqual([]);
    expect(await site.deps.database.like.count({ where: { imageId } })).toBe(0);
    expect(await actions()).toBe(0);
  });
});

describe("a picture that is deleted in the very moment", () => {
  /** Deletes in another connection, with `change` let in between its first lock and the rest. */
  async function whileDeleted(change: () => Promise<unknown>): Promise<unknown> {
    const client = new pg.Client({ connectionString: site.databaseUrl });
    await client.connect();
    try {
      await client.query("begin");
      await client.query("select 1 from images where id = $1 for update", [imageId]);
      const outcome = change().catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await client.query("delete from images where id = $1", [imageId]);
      await client.query("commit");
      return await outcome;
    } finally {
      await client.end();
    }
  }

  test("cannot be liked any more", async () => {
    const request = { actor: first(), image: { id: imageId } };
    expect(await whileDeleted(() => likeImage(site.deps, request))).toBeInstanceOf(NotFound);
  });

  test("cannot be unliked any more, and nobody waits for each other", async () => {
    await send(first(), "like");
    const request = { actor: first(), image: { id: imageId } };
    expect(await whileDeleted(() => unlikeImage(site.deps, request))).toBeInstanceOf(NotFound);
  });
});
