import type { Request, RequestHandler } from "express";
import { addFlash } from "#web/flash.ts";
import { wantsJson } from "#web/negotiation.ts";
import type { Viewer } from "#web/types.ts";

/** Lets signed-in people through; others sign in first and come back. */
export const requireSignIn: RequestHandler = (req, res, next) => {
  if (req.user) return next();
  res.set("Cache-Control", "no-store");
  if (wantsJson(req)) {
    res.status(401).json({ status: "error", code: "sign_in_required" });
    return;
  }
  if (req.method === "POST")
    addFlash(req, "You are signed out. Sign in, then send it again.", "notice");
  res.redirect(303, `/login?next=${encodeURIComponent(pageToReturnTo(req))}`);
};

/** The signed-in person of a route behind requireSignIn. */
export function viewerOf(req: Request): Viewer {
  if (!req.user) throw new Error("This route must stand behind requireSignIn.");
  return req.user;
}

/** Nobody returns to a POST: that leads back to the page its form was on. */
export function pageToReturnTo(req: Request): string {
  if (req.method === "GET" || req.method === "HEAD") return req.originalUrl;
  const referer = URL.parse(req.get("Referer") ?? "");
  return referer?.host === req.get("Host")
    ? localPath(`${referer?.pathname}${referer?.search}`)
    : "/";
}

/** Two addresses of 2,048 characters, encoded, fit; Node reads headers of at most 16 KiB. */
const maxLocalPath = 15_000;

/**
 * `text` when it is a path on this site, else "/". Browsers read "//x", "/\x" and "/<tab>/x" as
 * another host, so it is resolved as they do and compared, rather than matched.
 */
export function localPath(text: string | undefined): string {
  if (!text?.startsWith("/") || text.length > maxLocalPath) return "/";
  const here = "http://magpie.invalid";
  const url = URL.parse(text, here);
  if (url?.origin !== here) return "/";
  const path = `${url.pathname}${url.search}${url.hash}`;
  // "/%09/x" decodes, and "/.//x" normalises, to something that begins like a host.
  return /^\/(%09|%0a|%0d|%5c|[/\\])/i.test(path) ? "/" : path;
}
