import { type Request, type Response, Router } from "express";
import { type CountViewDeps, countView, type Visit } from "#features/images/count-view.ts";
import { editImage } from "#features/images/edit-image.ts";
import {
  getImage,
  getOwnImage,
  getRemovableImage,
  type VisibleImage,
} from "#features/images/images.access.ts";
import { listImages } from "#features/images/images.queries.ts";
import { EditImageSchema } from "#features/images/images.schemas.ts";
import { cardsOf, imageHref } from "#features/images/images.view-data.ts";
import { likeImage, unlikeImage } from "#features/images/like-image.ts";
import { removeImage } from "#features/images/remove-image.ts";
import { imageOf } from "#features/images/show-image.view-data.ts";
import { decodeCursor } from "#lib/pagination.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import type { Sql } from "#platform/sql.ts";
import type { ViewCounters } from "#platform/view-counters.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { requireSignIn, viewerOf } from "#web/guards.ts";
import { parseInput, queryText } from "#web/input.ts";
import { renderKept } from "#web/kept-pages.ts";
import { isHtmx, wantsJson } from "#web/negotiation.ts";

export interface ImagesDeps extends CountViewDeps {
  database: Database;
  sql: Sql;
  jobs: Jobs;
  viewCounters: ViewCounters;
}

type ImageRequest = Request<{ id: string }>;

export function imagesRoutes(deps: ImagesDeps): Router {
  const router = Router();

  router.get("/images", (req, res) => showList(deps, req, res, "/images"));

  router.get("/images/:id", async (req, res) => {
    res.redirect(301, imageHref(await getImage(deps, req.user ?? null, req.params.id)));
  });

  router
    .route("/images/:id/edit")
    .get(requireSignIn, async (req, res) => {
      const image = await getOwnImage(deps, viewerOf(req), req.params.id);
      res.render("images/edit", editPage(req, image, image));
    })
    .post(requireSignIn, requireCsrf, async (req, res) => {
      const image = await getOwnImage(deps, viewerOf(req), req.params.id);
      try {
        const input = parseInput(EditImageSchema, req.body);
        const edited = await editImage(deps, { image, input });
        addFlash(req, "Your changes are saved.");
        res.redirect(303, imageHref(edited));
      } catch (error) {
        const errors = fieldErrors(error, { req, res, limitField: "title" });
        res.render("images/edit", { ...editPage(req, image, req.body), errors });
      }
    });

  router.post("/images/:id/delete", requireSignIn, requireCsrf, async (req: ImageRequest, res) => {
    const image = await getRemovableImage(deps, viewerOf(req), req.params.id);
    await removeImage(deps, { image });
    addFlash(req, `“${image.title}” is deleted.`);
    res.redirect(303, "/");
  });

  const likeHandler = (like: boolean) => async (req: ImageRequest, res: Response) => {
    const image = await getImage(deps, req.user ?? null, req.params.id);
    const change = like ? likeImage : unlikeImage;
    const totalLikes = await change(deps, { actor: viewerOf(req), image });
    if (wantsJson(req)) {
      res.json({ status: "ok", liked: like, likes: totalLikes });
    } else if (isHtmx(req)) {
      // Anew, with the people who like it now.
      const changed = await getImage(deps, viewerOf(req), req.params.id);
      res.render("images/article", { image: dataOf(changed, req) });
    } else {
      res.redirect(303, imageHref(image));
    }
  };
  router.post("/images/:id/like", requireSignIn, requireCsrf, likeHandler(true));
  router.post("/images/:id/unlike", requireSignIn, requireCsrf, likeHandler(false));

  router.get("/images/:id/:slug", async (req, res) => {
    const image = await getImage(deps, req.user ?? null, req.params.id);
    if (req.params.slug !== image.slug) return res.redirect(301, imageHref(image));
    // Express answers HEAD here, too, and nobody looks at that.
    if (req.method === "GET") {
      countView(deps, { image, viewer: req.user ?? null, visit: visitOf(req) });
    }
    renderKept(req, res, "images/show", dataOf(image, req));
  });

  const dataOf = (image: VisibleImage, req: Request) =>
    imageOf(image, { viewer: req.user ?? null, now: deps.clock() });

  const editPage = (
    req: Request,
    image: VisibleImage,
    values: { title: string; description: string },
  ) => ({ image: dataOf(image, req), values, errors: {} });

  return router;
}

const visitOf = (req: Request): Visit => ({
  address: req.ip ?? "",
  userAgent: req.get("User-Agent") ?? "",
  purposes: ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"].map((name) => req.get(name) ?? ""),
});

/** The list, whole or as the next cards; `path` is the address it is shown at. */
export async function showList(
  deps: { sql: Sql },
  req: Request,
  res: Response,
  path: string,
): Promise<void> {
  const page = await listImages(deps, {
    after: decodeCursor(queryText(req, "cursor")),
    viewer: req.user ?? null,
  });
  res.vary("HX-Request");
  renderKept(req, res, isHtmx(req) ? "images/next" : "images/index", cardsOf(page, path));
}
