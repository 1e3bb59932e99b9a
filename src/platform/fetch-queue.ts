// Bounds how much fetching goes on at once, in all and for each person, so that nobody can use
// up the sockets, the disk and the DNS threads that everybody shares.

export interface FetchQueueLimits {
  /** Running at once. */
  readonly total: number;
  readonly perPerson: number;
  /** Waiting in all; one person may hold at most half of these places. */
  readonly waiting: number;
}

/** There is no place left, or none came free in time. */
export class QueueFull extends Error {}

interface Waiter {
  readonly personKey: string;
  readonly start: () => void;
  readonly refuse: (reason: unknown) => void;
}

export interface FetchQueue {
  /** Rejects with QueueFull, or with the signal's reason when that comes first. */
  run<T>(personKey: string, signal: AbortSignal, task: () => Promise<T>): Promise<T>;
  /** Refuses those who wait, and everyone after; resolves when the last running one has ended. */
  close(): Promise<void>;
}

export function createFetchQueue(limits: FetchQueueLimits, maxWaitMs: number): FetchQueue {
  const running = new Map<string, number>();
  const ends = new Set<Promise<void>>();
  const waiting: Waiter[] = [];
  let closed = false;

  const runningOf = (personKey: string) => running.get(personKey) ?? 0;
  const mayStart = (personKey: string) =>
    ends.size < limits.total && runningOf(personKey) < limits.perPerson;

  function take(personKey: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    ends.add(promise);
    running.set(personKey, runningOf(personKey) + 1);
    return () => {
      ends.delete(promise);
      if (runningOf(personKey) > 1) running.set(personKey, runningOf(personKey) - 1);
      else running.delete(personKey);
      resolve();
      // The first who may start, not the first: somebody at their own limit holds up nobody else.
      const next = waiting.findIndex((waiter) => mayStart(waiter.personKey));
      if (next !== -1) waiting.splice(next, 1)[0]?.start();
    };
  }

  function wait(personKey: string, signal: AbortSignal): Promise<() => void> {
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    const leave = (reason: unknown) => {
      const place = waiting.indexOf(waiter);
      if (place !== -1) waiting.splice(place, 1);
      settle();
      reject(reason);
    };
    const onAbort = () => leave(signal.reason);
    const timer = setTimeout(() => leave(new QueueFull("waited too long")), maxWaitMs);
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    const waiter: Waiter = {
      personKey,
      // The place is taken here, before anything else can run and take it too.
      start: () => {
        settle();
        resolve(take(personKey));
      },
      refuse: leave,
    };
    signal.addEventListener("abort", onAbort, { once: true });
    waiting.push(waiter);
    return promise;
  }

  function enter(personKey: string, signal: AbortSignal): (() => void) | Promise<() => void> {
    signal.throwIfAborted();
    if (closed) throw new QueueFull("stopping");
    if (mayStart(personKey)) return take(personKey);
    const own = waiting.filter((waiter) => waiter.personKey === personKey).length;
    if (waiting.length >= limits.waiting || own >= Math.ceil(limits.waiting / 2)) {
      throw new QueueFull("no place left to wait");
    }
    return wait(personKey, signal);
  }

  return {
    async run(personKey, signal, task) {
      const leave = await enter(personKey, signal);
      try {
        return await task();
      } finally {
        leave();
      }
    },
    async close() {
      closed = true;
      for (const waiter of waiting.splice(0)) waiter.refuse(new QueueFull("stopping"));
      await Promise.all(ends);
    },
  };
}
