import autocannon from "autocannon";
import type { Exchange } from "./exchange.ts";
import {
  forgetPeakMemory,
  peakMemoryOf,
  processorOf,
  processorOfPostgres,
} from "./process-figures.ts";
import type { Figures } from "./report.ts";

const warmUpSeconds = 1.5;

export interface Load {
  origin: string;
  /** Of the process that answers. */
  pid: number;
  postmaster: number | null;
  turns(connection: number): Exchange[];
  status: number;
  connections: number;
  warmUp: boolean;
  seconds: number;
  /** Ends the cannonade early, with an error. */
  signal: AbortSignal;
}

/** Keeps a server as busy as the connections can. */
export async function measure(load: Load): Promise<Figures> {
  if (load.warmUp) await cannonade(load, warmUpSeconds);
  forgetPeakMemory(load.pid);
  const databaseProcessor = () =>
    load.postmaster === null ? 0 : processorOfPostgres(load.postmaster);
  const before = { own: processorOf(load.pid), database: databaseProcessor() };
  const { times, errors, seconds } = await cannonade(load, load.seconds);
  const perAnswer = (milliseconds: number) => milliseconds / Math.max(1, times.length);
  times.sort();
  return {
    rate: times.length / seconds,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    processor: perAnswer(processorOf(load.pid) - before.own),
    databaseProcessor:
      load.postmaster === null ? null : perAnswer(databaseProcessor() - before.database),
    memory: peakMemoryOf(load.pid),
    errors,
  };
}

// autocannon's own figures are whole milliseconds, and it takes a redirection for an error.
async function cannonade(load: Load, duration: number) {
  const { origin, turns, status, connections, signal } = load;
  const times: number[] = [];
  let errors = 0;
  let connection = 0;
  const start = performance.now();
  let last = start;
  const instance = autocannon({
    url: origin,
    connections,
    duration,
    sampleInt: 100,
    setupClient: (client) => {
      client.setRequests(turns(connection));
      connection += 1;
    },
  });
  instance.on("response", (_client, answered, _bytes, milliseconds) => {
    times.push(milliseconds);
    last = performance.now();
    if (answered !== status) errors += 1;
  });
  instance.on("reqError", () => {
    errors += 1;
  });
  signal.addEventListener("abort", instance.stop);
  await instance;
  signal.removeEventListener("abort", instance.stop);
  signal.throwIfAborted();
  return { times: Float64Array.from(times), errors, seconds: (last - start) / 1000 };
}

/** @param sorted ascending */
export const percentile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
