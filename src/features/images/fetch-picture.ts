import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { findPageImages } from "#features/images/find-page-images.ts";
import { isWebAddress } from "#features/images/images.schemas.ts";
import type { IncomingPicture, IncomingPictures } from "#features/images/incoming-pictures.ts";
import { Invalid, TooManyRequests, Unavailable } from "#lib/errors.ts";
import { FetchError } from "#platform/fetch-error.ts";
import { ImageError } from "#platform/image-error.ts";
import type { ImageProcessor } from "#platform/image-processor.ts";
import type { RateLimits } from "#platform/rate-limits.ts";
import type { FetchedFile, SafeFetch } from "#platform/safe-fetch.ts";

export interface FetchPictureDeps {
  safeFetch: SafeFetch;
  imageProcessor: ImageProcessor;
  incoming: IncomingPictures;
  temporaryFolder: string;
  limits: Pick<RateLimits, "picturesByPerson">;
}

type PageImages = ReturnType<typeof findPageImages>;

/** What an address turned out to be: a picture, or a web page with pictures to choose from. */
export type Fetched =
  | { kind: "picture"; picture: IncomingPicture }
  | { kind: "page"; url: string; page: PageImages };

export type FetchPicture = (request: {
  personId: number;
  url: string;
  page: string;
  /** Whether an answer of a few seconds ago will do, even when it was a failure. */
  reuse?: boolean;
}) => Promise<Fetched>;

const memoryMilliseconds = 5000;

/**
 * Fetches a picture once however often it is asked for: requests that come meanwhile wait for
 * the same download, later ones find it kept for ten minutes.
 * Throws Invalid with a sentence for the field `url`, or TooManyRequests.
 */
export function createFetchPicture(deps: FetchPictureDeps): FetchPicture {
  const running = new Map<string, Promise<Fetched>>();
  const recent = new Map<string, Promise<Fetched>>();

  return async ({ personId, url, page, reuse = false }) => {
    if (!isWebAddress(url)) {
      throw new Invalid({
        url: "Enter an address that begins with https:// or http://, of at most 2,048 characters.",
      });
    }
    const address = new URL(url).href;
    const id = deps.incoming.idOf(personId, address);
    const kept = await deps.incoming.find(id, personId);
    if (kept) return { kind: "picture", picture: kept };

    const known = running.get(id) ?? (reuse ? recent.get(id) : undefined);
    if (known) return known;
    const started = fetchPicture(deps, { personId, url: address, page });
    running.set(id, started);
    const finish = (isKept: boolean) => {
      running.delete(id);
      // A kept picture is remembered on disk alone: saving it takes its files away from there.
      if (isKept) return;
      recent.set(id, started);
      setTimeout(() => recent.delete(id), memoryMilliseconds).unref();
    };
    started.then(
      ({ kind }) => finish(kind === "picture"),
      () => finish(false),
    );
    return started;
  };
}

async function fetchPicture(
  deps: FetchPictureDeps,
  { personId, url, page }: { personId: number; url: string; page: string },
): Promise<Fetched> {
  let file: FetchedFile | undefined;
  await deps.limits.picturesByPerson.take(String(personId));
  try {
    file = await deps.safeFetch(url, {
      personKey: String(personId),
      ...(isWebAddress(page) ? { referer: page } : {}),
    });
    const image = await deps.imageProcessor.process(file.path, deps.temporaryFolder);
    const picture = await deps.incoming.add({ personId, sourceUrl: url, path: file.path, image });
    return { kind: "picture", picture };
  } catch (error) {
    const found = file && isNotAnImage(error) ? await readPage(file) : null;
    if (file) await rm(file.path, { force: true });
    if (found) return { kind: "page", url, page: found };
    throw asInput(error, "url");
  }
}

/** A file that a person sent, treated as a fetched one; the file at `path` is taken over. */
export async function receivePicture(
  deps: FetchPictureDeps,
  { personId, path: sent }: { personId: number; path: string },
): Promise<IncomingPicture> {
  await deps.limits.picturesByPerson.take(String(personId));
  // A form's own files go with its answer; this one may have to wait for the next form.
  const path = join(deps.temporaryFolder, `received-${randomUUID()}`);
  try {
    await rename(sent, path);
    const image = await deps.imageProcessor.process(path, deps.temporaryFolder);
    return await deps.incoming.add({ personId, sourceUrl: null, path, image });
  } catch (error) {
    await rm(path, { force: true });
    throw asInput(error, "file");
  }
}

const isNotAnImage = (error: unknown) =>
  error instanceof ImageError && error.failure === "not_an_image";

/** The pictures of a web page, or null when the file is no page. */
async function readPage(file: FetchedFile): Promise<PageImages | null> {
  const handle = await open(file.path);
  try {
    // Meta tags and the first pictures stand early; the rest of a huge page is not worth its memory.
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(2 ** 21) });
    const bytes = buffer.subarray(0, bytesRead);
    const looksLikeHtml = /<(!doctype html|html|head|body|meta)[\s>]/i.test(
      bytes.toString("latin1", 0, 4096),
    );
    if (!looksLikeHtml && !/^(text\/html|application\/xhtml)/i.test(file.contentType)) return null;
    return findPageImages(bytes, file.finalUrl, file.contentType);
  } finally {
    await handle.close();
  }
}

/** The failures a person can do something about become a sentence beside the field. */
function asInput(error: unknown, field: "url" | "file"): unknown {
  if (error instanceof FetchError) {
    if (error.failure === "busy") return new TooManyRequests(error.retryAfter ?? 10, error.message);
    if (error.failure === "cannot_store" || error.failure === "aborted") {
      return new Unavailable(error.message, { cause: error });
    }
    return new Invalid({ [field]: error.message }, error.failure, { cause: error });
  }
  if (error instanceof ImageError) {
    if (error.failure === "busy") return new TooManyRequests(10, error.message);
    return new Invalid({ [field]: error.message }, error.failure, { cause: error });
  }
  return error;
}
