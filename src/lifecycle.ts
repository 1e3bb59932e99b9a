import { createLogger, type Logger } from "#platform/logger.ts";

// Stopping ends within ten seconds, whatever hangs: requests and jobs get the first eight, and the
// database, begun first and so undone last, always gets at least the last one. Signals that come
// while the process starts let the step finish that runs, so that no database is left behind.

/** Requests and jobs get this long to finish after SIGTERM. */
export const finishMilliseconds = 8000;
const mostMilliseconds = 10_000;

export interface Lifecycle {
  /** What to undo, newest first, when the process stops or fails to start. */
  undo: (() => Promise<unknown>)[];
  /** Aborted when the process is to stop: a start asks it between its steps. */
  stopping: AbortSignal;
  /** Replaced by the start as soon as it knows the level. */
  logger: Logger;
}

/** Runs `start`, and undoes it on SIGTERM or SIGINT (exit 0) or, in a sentence, when it fails (exit 1). */
export async function runUntilStopped(
  start: (lifecycle: Lifecycle) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const lifecycle: Lifecycle = {
    undo: [],
    stopping: controller.signal,
    logger: createLogger("info"),
  };
  let started: Promise<void> = Promise.resolve();
  const stop = async (code: number): Promise<void> => {
    if (controller.signal.aborted) return;
    controller.abort();
    setTimeout(() => process.exit(code), mostMilliseconds).unref();
    const end = performance.now() + finishMilliseconds + 500;
    await within(
      end,
      started.catch(() => {}),
    );
    for (const [index, step] of [...lifecycle.undo.entries()].toReversed()) {
      const done = step().catch((error) => lifecycle.logger.error({ err: error }, "stopping"));
      await (index === 0 ? done : within(end, done));
    }
    process.exit(code);
  };
  // Not once: a second signal would end the process at once and leave the database running.
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => void stop(0));
  try {
    started = start(lifecycle);
    await started;
  } catch (error) {
    if (controller.signal.aborted) return;
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    // What an operator can mend is a plain Error, or one of ours; anything else is a fault to trace.
    const isFault =
      !(error instanceof Error) || /^(Type|Range|Reference|Syntax|Prisma)/.test(error.name);
    lifecycle.logger[isFault ? "error" : "debug"]({ err: error }, "the start failed");
    await stop(1);
  }
}

/** Resolves with `work`, or at `end`, but gives it a moment even when that is past. */
async function within(end: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, Math.max(100, end - performance.now()));
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** Waits for `work` only until the process is to stop: for what may be cut off at any point. */
export async function unlessStopping<T>(stopping: AbortSignal, work: () => Promise<T>): Promise<T> {
  stopping.throwIfAborted();
  const cut = new Promise<never>((_resolve, reject) => {
    stopping.addEventListener("abort", () => reject(stopping.reason), { once: true });
  });
  return Promise.race([work(), cut]);
}
