import type { Express, RequestHandler } from "express";
import nunjucks from "nunjucks";
import { initialOf } from "#lib/text.ts";
import { csrfTokenOf } from "#web/csrf.ts";
import { takeFlash } from "#web/flash.ts";

/** Nunjucks over views/: everything is escaped; `dump` and `safe` have no place in a template here. */
export function setUpViews(
  app: Express,
  options: { folder: string; globals: Record<string, unknown> },
): void {
  const views = new nunjucks.Environment(new nunjucks.FileSystemLoader(options.folder), {
    autoescape: true,
    trimBlocks: true,
    lstripBlocks: true,
  });
  for (const [name, value] of Object.entries(options.globals)) views.addGlobal(name, value);
  views.addGlobal("kept", keepHtml(views));
  views.express(app);
  app.set("view engine", "njk");
  // Pages of people with a session are not to be kept by anyone; others' bring their own.
  app.disable("etag");
}

/** What the layout of every page needs of this request. */
export const pageLocals: RequestHandler = (req, res, next) => {
  res.locals.viewer = req.user ? { ...req.user, initial: initialOf(req.user.name) } : null;
  // Nobody goes back to the address of a POST.
  res.locals.path = req.method === "POST" ? "/" : req.originalUrl;
  res.locals.takeFlash = () => takeFlash(req);
  // Asked for by forms only: it starts a session, and then the page is this visitor's alone.
  res.locals.csrfToken = () => {
    res.set("Cache-Control", "no-store");
    return csrfTokenOf(req);
  };
  next();
};

/**
 * `kept(template, it, variant)`: the template rendered with `it` and `variant` alone, made once for as
 * long as the object lives. View data that is the same object for the same content makes this safe.
 */
function keepHtml(views: nunjucks.Environment) {
  const kept = new WeakMap<object, Map<string, nunjucks.runtime.SafeString>>();
  return (template: string, it: object, variant: string) => {
    const variants = kept.get(it) ?? new Map<string, nunjucks.runtime.SafeString>();
    kept.set(it, variants);
    const key = `${template} ${variant}`;
    const known = variants.get(key);
    if (known) return known;
    const html = new nunjucks.runtime.SafeString(views.render(template, { it, variant }));
    variants.set(key, html);
    return html;
  };
}
