import { createHmac } from "node:crypto";
import { isbot } from "isbot";
import { LRUCache } from "lru-cache";
import { networkOf } from "#platform/rate-limits.ts";
import type { ViewCounters } from "#platform/view-counters.ts";

/** What a request tells of who sent it and why. */
export interface Visit {
  address: string;
  userAgent: string;
  /** What `Sec-Purpose` says, and the headers that browsers sent before there was that. */
  purposes: string[];
}

export interface CountViewDeps {
  viewCounters: Pick<ViewCounters, "count">;
  clock: () => Date;
  /** Nobody without it can tell a stranger's address from what is kept of it. */
  visitorSecret: string;
}

/**
 * Counts that somebody opened an image's page, unless it is the owner, a known bot, or a browser
 * that loads ahead of its person.
 */
export function countView(
  deps: CountViewDeps,
  request: { image: { id: number; ownerId: number }; viewer: { id: number } | null; visit: Visit },
): void {
  const { image, viewer, visit } = request;
  if (viewer?.id === image.ownerId) return;
  if (visit.purposes.some((purpose) => /prefetch|prerender|preview/i.test(purpose))) return;
  if (isKnownBot(visit.userAgent)) return;
  const visitor = viewer ? `person:${viewer.id}` : strangerOf(deps.visitorSecret, visit);
  deps.viewCounters.count({ imageId: image.id, visitor, at: deps.clock() });
}

/** A network and a browser, known again for as long as the secret stays; no cookie, and no way back. */
const strangerOf = (secret: string, { address, userAgent }: Visit): string =>
  createHmac("sha256", secret)
    .update(`view\n${networkOf(address)}\n${userAgent}`)
    .digest("base64url")
    .slice(0, 22);

/** Most visitors share a few names of browsers; matching one takes longer than all else here. */
const answers = new LRUCache<string, boolean>({ max: 500 });

function isKnownBot(userAgent: string): boolean {
  const known = answers.get(userAgent) ?? isbot(userAgent);
  answers.set(userAgent, known);
  return known;
}
