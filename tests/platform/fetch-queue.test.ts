import { describe, expect, test, vi } from "vitest";
import { createFetchQueue, QueueFull } from "#platform/fetch-queue.ts";
import { create, PNG, serve, setUpFetching, world } from "#tests/support/fetching.ts";

setUpFetching();

describe("many at once", () => {
  test("no more run than may, in all and for each person, and the rest wait or are told to", async () => {
    let now = 0;
    let most = 0;
    const held: (() => void)[] = [];
    const port = await serve((_request, response) => {
      now += 1;
      most = Math.max(most, now);
      held.push(() => {
        now -= 1;
        response.end(PNG);
      });
    });
    const concurrency = { total: 3, perPerson: 2, waiting: 4 };
    const fetcher = create(`127.0.0.1:${port}`, { concurrency });
    const get = (personKey: string) => fetcher(`http://127.0.0.1:${port}/`, { personKey });

    const passed = [get("a"), get("a"), get("a"), get("a"), get("b"), get("c"), get("d")];
    const refused = await Promise.allSettled([get("a"), get("e")]);
    for (const result of refused) {
      expect(result).toMatchObject({ reason: { failure: "busy", retryAfter: 20 } });
    }
    await vi.waitFor(() => expect(held).toHaveLength(3), { timeout: 10_000 });
    const release = setInterval(() => held.shift()?.(), 5);
    expect(await Promise.all(passed)).toHaveLength(7);
    clearInterval(release);
    expect(most).toBe(3);
    expect(world.connections).toBe(7);
  });

  test("one person neither takes all places to wait nor holds up the others", async () => {
    const queue = createFetchQueue({ total: 2, perPerson: 1, waiting: 4 }, 60_000);
    const order: string[] = [];
    const ends: Record<string, () => void> = {};
    const run = (personKey: string, name: string) =>
      queue.run(personKey, new AbortController().signal, () => {
        order.push(name);
        return new Promise<void>((done) => {
          ends[name] = done;
        });
      });
    const all = [run("a", "a1"), run("b", "b1"), run("a", "a2"), run("a", "a3"), run("c", "c1")];
    await expect(run("a", "a4")).rejects.toBeInstanceOf(QueueFull);
    expect(order).toEqual(["a1", "b1"]);
    for (const name of ["b1", "a1", "a2", "c1", "a3"]) {
      await vi.waitFor(() => expect(ends[name]).toBeDefined(), { timeout: 10_000 });
      ends[name]?.();
    }
    await Promise.all(all);
    expect(order).toEqual(["a1", "b1", "c1", "a2", "a3"]);
  });

  test("who waits too long, or leaves, gives the place back", async () => {
    const queue = createFetchQueue({ total: 1, perPerson: 1, waiting: 2 }, 50);
    const { promise: held, resolve: end } = Promise.withResolvers<void>();
    const never = new AbortController().signal;
    const running = queue.run("a", never, () => held);
    const late = queue.run("b", never, async () => "late");
    const leaving = new AbortController();
    const left = queue.run("c", leaving.signal, async () => "left");
    leaving.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    await expect(late).rejects.toBeInstanceOf(QueueFull);
    end();
    await running;
    expect(await queue.run("d", never, async () => "free")).toBe("free");
    await queue.close();
  });
});
