import { html } from "./dom.ts";
import { decodeData } from "./inline-data.ts";
import { type Candidate, isInline, type Picture, type Sighting } from "./picture.ts";

const SMALLEST = 100;
const MOST_PROBES = 400;

interface Probe {
  /** "waiting" and "blocked" leave the size to what the page claims; "failed" drops the address. */
  state: "waiting" | "loaded" | "blocked" | "failed";
  width: number;
  height: number;
  image: HTMLImageElement;
  bitmap: ImageBitmap | null;
}

/**
 * Turns sightings into pictures, largest first, each once. Loads what has no known size, for
 * `limit` milliseconds at most.
 *
 * What did not arrive in time or is blocked by the page's img-src is still offered: the server
 * fetches it without the page's limits. It comes with the size the page claims, or last and as
 * "size unknown". What the browser could not load (404, not a picture) is dropped.
 */
export async function measurePictures(sightings: Sighting[], limit: number): Promise<Picture[]> {
  const probes = new Map<string, Probe>();
  const blocked = new Set<string>();
  const onBlocked = (event: SecurityPolicyViolationEvent) => {
    if (event.disposition === "enforce") blocked.add(event.blockedURI);
  };
  document.addEventListener("securitypolicyviolation", onBlocked);
  const work: Promise<void>[] = [];
  for (const { url, measured } of sightings.flatMap((seen) => seen.candidates)) {
    if (measured || probes.has(url) || probes.size >= MOST_PROBES) continue;
    const probe: Probe = {
      state: "waiting",
      width: 0,
      height: 0,
      image: html("img"),
      bitmap: null,
    };
    probes.set(url, probe);
    work.push(load(url, probe));
  }
  await Promise.race([Promise.all(work), pause(work.length > 0 ? limit : 0)]);
  // The report of a block may come a task after the image's error.
  if ([...probes.values()].some((probe) => probe.state === "failed")) await pause(20);
  document.removeEventListener("securitypolicyviolation", onBlocked);
  for (const [url, probe] of probes) {
    // A blocked address is reported whole, or as its origin only after a redirect elsewhere.
    if (probe.state === "failed" && (blocked.has(url) || blocked.has(new URL(url).origin))) {
      probe.state = "blocked";
    }
  }
  return withoutDoubles(sightings.flatMap((seen) => choose(seen, probes) ?? []));
}

const pause = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));

async function load(url: string, probe: Probe): Promise<void> {
  await new Promise<void>((done) => {
    probe.image.onload = probe.image.onerror = () => done();
    probe.image.src = url;
  });
  probe.image.onload = probe.image.onerror = null;
  probe.width = probe.image.naturalWidth;
  probe.height = probe.image.naturalHeight;
  if (!probe.width && /^data:/i.test(url)) {
    // img-src does not reach createImageBitmap, so the bytes in the page can still be shown.
    probe.bitmap = await createImageBitmap(decodeData(url)).catch(() => null);
    probe.width = probe.bitmap?.width ?? 0;
    probe.height = probe.bitmap?.height ?? 0;
  }
  probe.state = probe.width ? "loaded" : "failed";
}

/** The largest picture that one sighting offers, with every other address it is known by. */
function choose(
  seen: Sighting,
  probes: Map<string, Probe>,
): (Picture & { known: string[] }) | null {
  const offers = seen.candidates.flatMap((one) => {
    const probe = probes.get(one.url);
    if (one.measured || !probe) return [one];
    if (probe.state === "failed") return [];
    if (probe.state !== "loaded") return [one];
    return [{ ...one, width: probe.width, height: probe.height, measured: true }];
  });
  const remote = offers.filter((one) => !isInline(one.url));
  // Beside an http address, inline data is the placeholder of a lazy picture.
  const pool = remote.length > 0 ? remote : offers;
  const best = pool.reduce<Candidate | null>(
    (top, one) => (top && area(top, pool) >= area(one, pool) ? top : one),
    null,
  );
  if (!best) return null;
  if (!best.measured && best.width && !best.height) {
    best.height = Math.round(best.width * ratio(pool));
  }
  if (best.measured || (best.width && best.height)) {
    if (best.width < SMALLEST || best.height < SMALLEST) return null;
  }
  const probe = probes.get(best.url);
  return {
    url: best.url,
    width: best.width,
    height: best.height,
    source: probe?.bitmap ?? seen.source,
    image: probe && probe.state !== "blocked" && !probe.bitmap ? probe.image : null,
    alt: seen.alt,
    caption: seen.caption,
    known: [...seen.candidates.map((one) => one.url), ...seen.siblings],
  };
}

/** The picture's shape, from whichever of its versions was measured; 0 when none was. */
function ratio(pool: Candidate[]): number {
  const shaped = pool.find((one) => one.measured) ?? pool.find((one) => one.width && one.height);
  return shaped ? shaped.height / shaped.width : 0;
}

const area = (one: Candidate, pool: Candidate[]): number =>
  one.width * (one.height || one.width * (ratio(pool) || 1));

function withoutDoubles(found: (Picture & { known: string[] })[]): Picture[] {
  const taken = new Map<string, Picture>();
  const kept: Picture[] = [];
  const size = (one: Picture) => one.width * (one.height || one.width);
  for (const { known, ...picture } of found.sort((a, b) => size(b) - size(a))) {
    const first = taken.get(picture.url);
    if (first) {
      // An og:image has no words; the same picture in the page often does.
      first.alt ||= picture.alt;
      first.caption ||= picture.caption;
      first.source ??= picture.source;
      continue;
    }
    kept.push(picture);
    for (const url of known) if (!taken.has(url)) taken.set(url, picture);
  }
  return kept;
}
