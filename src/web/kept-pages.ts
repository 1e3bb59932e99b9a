import { hash } from "node:crypto";
import type { Request, Response } from "express";
import { hasSession } from "#web/sessions.ts";

interface KeptPage {
  html: Buffer;
  etag: string;
}

/** Of one page, the newest: addresses that somebody makes up push each other out. */
const mostAddresses = 4;
const pages = new WeakMap<object, Map<string, KeptPage>>();

/**
 * Renders a page that shows nothing but `it`. Visitors without a session get the bytes made for the
 * visitor before, as long as the view data is the same object: it is while the same is to be shown.
 * Nothing of a visitor is in them, for they are made without anyone's locals.
 */
export function renderKept(req: Request, res: Response, template: string, it: object): void {
  if (hasSession(req)) {
    res.render(template, { it });
    return;
  }
  const kept = pages.get(it) ?? new Map<string, KeptPage>();
  const key = `${template} ${req.originalUrl}`;
  const send = ({ html, etag }: KeptPage) => res.type("html").set("ETag", etag).send(html);
  const known = kept.get(key);
  if (known) {
    send(known);
    return;
  }
  const locals = { it, path: req.originalUrl, viewer: null };
  res.app.render(template, locals, (error: Error | null, text: string) => {
    if (error) return req.next?.(error);
    const page = { html: Buffer.from(text), etag: `W/"${hash("sha1", text, "base64url")}"` };
    const [oldest] = kept.keys();
    if (oldest !== undefined && kept.size >= mostAddresses) kept.delete(oldest);
    pages.set(it, kept.set(key, page));
    send(page);
  });
}
