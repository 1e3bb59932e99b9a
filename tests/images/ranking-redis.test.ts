import { afterAll, beforeAll, expect, test } from "vitest";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { describeWithRedis } from "#tests/support/redis-server.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { type Answer, createVisitor, type Visitor } from "#tests/support/visitor.ts";

describeWithRedis("the ranking with a Redis", (redis) => {
  let site: TestApp;
  let owner: { id: number; visitor: Visitor };
  let ids: number[];

  beforeAll(async () => {
    site = await startTestApp({ REDIS_URL: redis.url, TRUST_PROXY: "1" });
    owner = await signedInPerson(site);
    ids = await createImageRows(site.deps.database, owner.id, 3);
  });
  afterAll(() => site.close());

  const stranger = () => createVisitor(site.app);
  let addresses = 0;
  const open = async (id: number | undefined, count: number) => {
    for (let n = 0; n < count; n += 1) {
      addresses += 1;
      const headers = { "X-Forwarded-For": `198.51.100.${addresses}` };
      const path = `/images/${id}/picture-${ids.indexOf(id ?? 0) + 1}`;
      expect((await stranger().get(path, headers)).status).toBe(200);
    }
  };
  const placesOf = ({ status, $ }: Answer) => {
    expect(status).toBe(200);
    return $("ol [data-image-id]")
      .toArray()
      .map((place) => [
        Number($(place).attr("data-image-id")),
        parseInt($(place).find(".place-views").text(), 10),
      ]);
  };
  const places = async (period: string) =>
    placesOf(await stranger().get(`/ranking?period=${period}`));
  const periods = ["day", "week", "all"];

  test("moves with each view, before PostgreSQL knows of it", async () => {
    await expect.poll(() => redis.ask("exists", "magpie:views:filled")).toBe(1);
    await open(ids[0], 1);
    await open(ids[1], 2);
    for (const period of periods) {
      expect(await places(period)).toEqual([
        [ids[1], 2],
        [ids[0], 1],
      ]);
    }
    await site.deps.viewCounters.flush();
    const row = await site.deps.database.image.findUniqueOrThrow({ where: { id: ids[1] ?? 0 } });
    expect(row.totalViews).toBe(2);
    for (const period of periods) {
      // The cards alone are asked of it.
      expect(await queriesOf(() => places(period))).toHaveLength(1);
    }
  });

  test("loses what is deleted at once, and has no gap", async () => {
    await open(ids[2], 5);
    expect((await places("all"))[0]).toEqual([ids[2], 5]);
    expect((await owner.visitor.post(`/images/${ids[2]}/delete`)).status).toBe(303);
    for (const period of periods) expect((await places(period))[0]).toEqual([ids[1], 2]);
    const member = String(ids[2]).padStart(10, "0");
    expect(await redis.ask("zscore", "magpie:views:total", member)).toBeNull();
    // As a view does that crossed with the deletion.
    await redis.ask("zincrby", "magpie:views:total", 100, member);
    expect((await places("all"))[0]).toEqual([ids[1], 2]);
    await expect.poll(() => redis.ask("zscore", "magpie:views:total", member)).toBeNull();
  });

  test("stays when Redis goes, and counts what was looked at meanwhile", async () => {
    await site.deps.viewCounters.flush();
    await redis.stop();
    const start = performance.now();
    await open(ids[0], 3);
    for (const period of periods) expect((await places(period))[0]).toEqual([ids[1], 2]);
    expect(performance.now() - start).toBeLessThan(3000);
    await redis.start();
    for (const period of periods) {
      await expect
        .poll(() => places(period))
        .toEqual([
          [ids[0], 4],
          [ids[1], 2],
        ]);
    }
  });
});
