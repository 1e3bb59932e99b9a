import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type pg from "pg";

// From /proc, so on Linux alone; elsewhere these figures are zero or none.

/** Linux counts in hundredths of a second wherever Node runs. */
const tickMilliseconds = 10;

interface Stat {
  name: string;
  parent: number;
  /** Milliseconds of processor time, and those of children that ended. */
  own: number;
  endedChildren: number;
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name is in parentheses and may hold anything.
    const end = text.lastIndexOf(")");
    const fields = text
      .slice(end + 2)
      .split(" ")
      .map(Number);
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
    return {
      name: text.slice(text.indexOf("(") + 1, end),
      parent: fields[1] ?? 0,
      own: (user + system) * tickMilliseconds,
      endedChildren: (childUser + childSystem) * tickMilliseconds,
    };
  } catch {
    return null;
  }
}

export const processorOf = (pid: number): number => statOf(pid)?.own ?? 0;

/** The pid of the server behind a connection, or null when it runs on another machine. */
export async function findPostmaster(client: pg.Client): Promise<number | null> {
  const { rows } = await client.query(
    "select pg_backend_pid() as pid, inet_server_addr() as address",
  );
  if (!/^(127\.|::1)/.test(rows[0].address ?? "127.")) return null;
  const backend = statOf(rows[0].pid);
  return backend?.name.startsWith("postgres") ? backend.parent : null;
}

/** Of a PostgreSQL with all its processes. */
export function processorOfPostgres(postmaster: number): number {
  const server = statOf(postmaster);
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids
    .map((pid) => statOf(Number(pid)))
    .filter((stat) => stat?.parent === postmaster)
    .reduce(
      (sum, stat) => sum + (stat?.own ?? 0),
      (server?.own ?? 0) + (server?.endedChildren ?? 0),
    );
}

/** Begins anew to look for the most memory a process has. */
export function forgetPeakMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // Then the peak is that since its start.
  }
}

export function peakMemoryOf(pid: number): number {
  try {
    const [, kilobytes] =
      /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}
