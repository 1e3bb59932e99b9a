import { parseArgs } from "node:util";
import type { LoadSize } from "./load/load.ts";

export const usage = [
  "Usage: npm run bench -- load [--images 20000] [--users 1000] [--follows 20] [--likes 200000]",
  "                             [--actions 100000] [--views 2000000] [--seed 1]",
  "       npm run bench -- run [--seconds 10] [--connections 16] [--followed 200] [--only list,feed]",
  "                            [--json out.json] [--compare earlier.json]",
  "       npm run bench -- compare earlier.json later.json",
].join("\n");

export interface RunOptions {
  seconds: number;
  connections: number;
  /** About how many the person follows whose feed is measured. */
  followed: number;
  /** Names of pages, or how they begin; all when empty. */
  only: string[];
  json: string | undefined;
  compare: string | undefined;
}

export type Request =
  | { command: "load"; size: LoadSize }
  | { command: "run"; options: RunOptions }
  | { command: "compare"; earlier: string; later: string };

/** What the words on the command line ask for, or null. */
export function readCommandLine(words: string[]): Request | null {
  const [command, ...rest] = words;
  try {
    if (command === "load") return { command, size: readSize(rest) };
    if (command === "run") return { command, options: readOptions(rest) };
    const [earlier, later, ...more] = rest;
    if (command !== "compare" || !earlier || !later || more.length > 0) return null;
    return { command, earlier, later };
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return null;
    throw error;
  }
}

const text = { type: "string" } as const;

function readSize(args: string[]): LoadSize {
  const options = {
    images: text,
    users: text,
    follows: text,
    likes: text,
    actions: text,
    views: text,
    seed: text,
  };
  const { values } = parseArgs({ args, options });
  const likes = number(values.likes, 200_000);
  return {
    images: number(values.images, 20_000),
    users: number(values.users, 1000),
    follows: number(values.follows, 20),
    likes,
    actions: number(values.actions, 100_000),
    views: number(values.views, likes * 10),
    seed: number(values.seed, 1),
  };
}

function readOptions(args: string[]): RunOptions {
  const options = {
    seconds: text,
    connections: text,
    followed: text,
    only: text,
    json: text,
    compare: text,
  };
  const { values } = parseArgs({ args, options });
  return {
    seconds: number(values.seconds, 10),
    connections: number(values.connections, 16),
    followed: number(values.followed, 200),
    only: values.only?.split(",") ?? [],
    json: values.json,
    compare: values.compare,
  };
}

function number(given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(given)) throw new RangeError(given);
  return Number(given);
}
