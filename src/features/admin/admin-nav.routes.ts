import type { RequestHandler } from "express";
import { actorOf } from "#features/admin/admin-access.routes.ts";
import { registry } from "#features/admin/registry.ts";
import { capitalised } from "#lib/text.ts";

/** What the layout of every page here needs: the ways this administrator may go. */
export const adminNav: RequestHandler = (req, res, next) => {
  const actor = actorOf(req);
  const here = req.path.split("/")[1] ?? "";
  const linkTo = (name: string, label: string) => ({
    name,
    label,
    href: name ? `/admin/${name}` : "/admin",
    isHere: here === name,
  });
  res.locals.admin = {
    front: linkTo("", "Overview"),
    models: registry
      .filter((model) => actor.may(model.name, "view"))
      .map((model) => linkTo(model.name, capitalised(model.many))),
    jobs: actor.may("jobs", "view") ? linkTo("jobs", "Jobs") : null,
    history: linkTo("history", "History"),
  };
  res.locals.problemPage = "admin/problem";
  next();
};
