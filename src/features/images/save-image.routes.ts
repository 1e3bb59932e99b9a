import { type Request, type Response, Router } from "express";
import { type BookmarkImageDeps, bookmarkImage } from "#features/images/bookmark-image.ts";
import {
  type Fetched,
  type FetchPicture,
  type FetchPictureDeps,
  receivePicture,
} from "#features/images/fetch-picture.ts";
import { findNearIdentical } from "#features/images/images.queries.ts";
import { draftOf, type ImageDraft, SaveImageSchema } from "#features/images/images.schemas.ts";
import { imageHref } from "#features/images/images.view-data.ts";
import { isPreviewToken, previewToken } from "#features/images/preview-token.ts";
import { type PreviewHref, previewOf } from "#features/images/save-form.view-data.ts";
import { Forbidden, Invalid, NotFound } from "#lib/errors.ts";
import { binarySize } from "#lib/text.ts";
import type { RateLimits } from "#platform/rate-limits.ts";
import { csrfTokenOf, requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { requireSignIn, viewerOf } from "#web/guards.ts";
import { parseInput, queryText } from "#web/input.ts";
import { isHtmx } from "#web/negotiation.ts";
import { receivedFile, receiveFile } from "#web/uploads.ts";

export interface SaveImageDeps extends BookmarkImageDeps, FetchPictureDeps {
  fetchPicture: FetchPicture;
  limits: RateLimits;
  maxImageBytes: number;
}

const nothingChosen = "Enter the address of a picture, or choose a file.";

export function saveImageRoutes(deps: SaveImageDeps): Router {
  const router = Router();
  const receive = receiveFile("file", {
    folder: deps.temporaryFolder,
    maxBytes: deps.maxImageBytes,
  });

  router.get("/images/new", requireSignIn, async (req, res) => {
    const draft = draftOf(req.query);
    res.render("images/new", {
      draft,
      errors: {},
      // The bookmarklet hands over a picture without an address.
      inline: queryText(req, "inline") === "1",
      previewSrc: draft.url ? previewHrefOf(req)(draft) : null,
    });
  });

  router.post("/images/preview", requireSignIn, ...receive, requireCsrf, async (req, res) => {
    const draft = draftOf(req.body);
    const template = isHtmx(req) ? "images/preview" : "images/new";
    try {
      const fetched = await pictureFor(deps, req, draft, { reuse: true });
      res.render(template, {
        draft,
        errors: {},
        preview: await previewData(deps, req, draft, fetched),
      });
    } catch (error) {
      const errors = fieldErrors(error, { req, res, limitField: "url" });
      res.render(template, { draft, errors, failed: true });
    }
  });

  router.get("/images/preview", requireSignIn, async (req, res) => {
    const picture = await previewPicture(deps, req);
    const file = picture.image.thumbnails.findLast(({ nominal }) => nominal <= 640);
    if (!file) throw new NotFound();
    res.set({
      "Cache-Control": "private, max-age=600",
      "Content-Security-Policy": "default-src 'none'; sandbox",
      "X-Content-Type-Options": "nosniff",
    });
    res.type("image/webp").sendFile(file.path, { dotfiles: "allow", cacheControl: false });
  });

  router.post("/images", requireSignIn, ...receive, requireCsrf, async (req, res) => {
    const actor = viewerOf(req);
    const draft = draftOf(req.body);
    let fetched: Fetched | undefined;
    try {
      const input = parseInput(SaveImageSchema, req.body);
      fetched = await pictureFor(deps, req, draft);
      if (fetched.kind === "page") return await showChoices(deps, req, res, draft, fetched);
      const saved = await bookmarkImage(deps, { actor, input, picture: fetched.picture });
      addFlash(
        req,
        saved.isNew ? "Saved." : "You have this picture already; here it is.",
        saved.isNew ? "success" : "notice",
      );
      res.redirect(303, imageHref(saved));
    } catch (error) {
      const errors = fieldErrors(error, { req, res, limitField: "url" });
      const kept = fetched ?? (error instanceof Invalid ? await keepUpload(deps, req) : null);
      // The file is what will be saved; an address typed beside it would seem to be.
      if (kept?.kind === "picture" && kept.picture.sourceUrl === null) draft.url = "";
      res.render("images/new", {
        draft,
        errors,
        ...(kept
          ? { preview: await previewData(deps, req, draft, kept) }
          : { previewSrc: draft.url && !errors.url ? previewHrefOf(req)(draft) : null }),
      });
    }
  });

  return router;
}

/** The picture that a form names: a file in it, one received before, or one at an address. */
async function pictureFor(
  deps: SaveImageDeps,
  req: Request,
  draft: ImageDraft,
  { reuse = false } = {},
): Promise<Fetched> {
  const personId = viewerOf(req).id;
  const file = receivedFile(req);
  if (file?.tooLarge) {
    throw new Invalid(
      {
        file: `This file is too large: at most ${binarySize(deps.maxImageBytes)}.`,
      },
      "too_large",
    );
  }
  if (file?.bytes === 0 && draft.url.trim() === "") {
    throw new Invalid({ file: "This file is empty. Choose another." }, "empty");
  }
  if (file && file.bytes > 0)
    return { kind: "picture", picture: await receivePicture(deps, { personId, path: file.path }) };
  if (draft.url.trim() === "" && draft.upload) {
    const picture = await deps.incoming.find(draft.upload, personId);
    if (picture) return { kind: "picture", picture };
    throw new Invalid({ file: "This file waited too long. Choose it again." }, "expired");
  }
  if (!draft.url.trim()) throw new Invalid({ url: nothingChosen });
  return deps.fetchPicture({ personId, url: draft.url.trim(), page: draft.page.trim(), reuse });
}

/** After another field was wrong, a file that arrived waits, so that nobody sends it twice. */
async function keepUpload(deps: SaveImageDeps, req: Request): Promise<Fetched | null> {
  const personId = viewerOf(req).id;
  const file = receivedFile(req);
  const { upload } = draftOf(req.body);
  const picture =
    file && file.bytes > 0 && !file.tooLarge
      ? await receivePicture(deps, { personId, path: file.path }).catch(() => null)
      : await deps.incoming.find(upload, personId);
  return picture && { kind: "picture", picture };
}

const previewHrefOf =
  (req: Request): PreviewHref =>
  ({ url, page }) =>
    `/images/preview?${new URLSearchParams({ url, page, token: previewToken(csrfTokenOf(req), url) })}`;

async function previewData(deps: SaveImageDeps, req: Request, draft: ImageDraft, fetched: Fetched) {
  const alike =
    fetched.kind === "picture"
      ? await findNearIdentical(deps, { ownerId: viewerOf(req).id, ...fetched.picture.image })
      : [];
  return previewOf(fetched, { draft, alike, now: deps.clock(), previewHref: previewHrefOf(req) });
}

/** Fetches only what our own form asked for: its mark fits this session and no other page made the request. */
async function previewPicture(deps: SaveImageDeps, req: Request) {
  const personId = viewerOf(req).id;
  const upload = queryText(req, "upload");
  if (upload) {
    const picture = await deps.incoming.find(upload, personId);
    if (!picture) throw new NotFound();
    return picture;
  }
  const url = queryText(req, "url") ?? "";
  const site = req.get("Sec-Fetch-Site");
  if (
    (site && site !== "same-origin") ||
    !isPreviewToken(queryText(req, "token"), csrfTokenOf(req), url)
  ) {
    throw new Forbidden();
  }
  const fetched = await deps.fetchPicture({
    personId,
    url,
    page: queryText(req, "page") ?? "",
    reuse: true,
  });
  if (fetched.kind !== "picture") throw new NotFound();
  return fetched.picture;
}

async function showChoices(
  deps: SaveImageDeps,
  req: Request,
  res: Response,
  draft: ImageDraft,
  fetched: Fetched,
) {
  const preview = await previewData(deps, req, draft, fetched);
  const none = preview.kind === "page" && preview.choices.length === 0;
  const url = none
    ? "This is a web page, and no picture was found on it."
    : "This is a web page. Choose one of its pictures.";
  res.status(422).render("images/new", { draft, errors: { url }, preview });
}
