import { type Request, type Response, Router } from "express";
import { listImagesOf } from "#features/images/images.queries.ts";
import { cardsOf } from "#features/images/images.view-data.ts";
import { directoryPage } from "#features/users/directory-page.ts";
import { followPerson, unfollowPerson } from "#features/users/follow-person.ts";
import { getPerson } from "#features/users/users.access.ts";
import { type ContactList, listContacts, listPeople } from "#features/users/users.queries.ts";
import { peopleOf, personLink, personOf } from "#features/users/users.view-data.ts";
import { decodeCursor } from "#lib/pagination.ts";
import type { Database } from "#platform/database.ts";
import type { Sql } from "#platform/sql.ts";
import { requireCsrf } from "#web/csrf.ts";
import { requireSignIn, viewerOf } from "#web/guards.ts";
import { queryText } from "#web/input.ts";
import { isHtmx, wantsJson } from "#web/negotiation.ts";

type PersonRequest = Request<{ username: string }>;

export function usersRoutes(deps: { database: Database; sql: Sql; clock: () => Date }): Router {
  const router = Router();

  router.get("/users", async (req, res) => {
    const viewer = req.user ?? null;
    const page = await listPeople(deps, { ...directoryPage(queryText(req, "page")), viewer });
    res.vary("HX-Request");
    res.render(
      isHtmx(req) ? "users/people" : "users/index",
      peopleOf(page, viewer, "/users?page="),
    );
  });

  router.get("/users/:username", async (req, res) => {
    const viewer = req.user ?? null;
    const person = await getPerson(deps, viewer, req.params.username);
    const page = await listImagesOf(deps, {
      after: decodeCursor(queryText(req, "cursor")),
      viewer,
      owner: person,
    });
    const list = cardsOf(page, personLink(person).href);
    res.vary("HX-Request");
    if (isHtmx(req)) return res.render("images/next", { it: list });
    res.render("users/show", { list, person: personOf(person, viewer) });
  });

  const contactsHandler = (list: ContactList) => async (req: PersonRequest, res: Response) => {
    const viewer = req.user ?? null;
    const person = await getPerson(deps, viewer, req.params.username);
    const after = decodeCursor(queryText(req, "cursor"));
    const page = await listContacts(deps, { list, person, after, viewer });
    const people = peopleOf(page, viewer, `${personLink(person).href}/${list}?cursor=`);
    res.vary("HX-Request");
    if (isHtmx(req)) return res.render("users/people", people);
    res.render("users/contacts", { ...people, list, person: personOf(person, viewer) });
  };
  router.get("/users/:username/followers", contactsHandler("followers"));
  router.get("/users/:username/following", contactsHandler("following"));

  const followHandler = (follow: boolean) => async (req: PersonRequest, res: Response) => {
    const viewer = viewerOf(req);
    const person = await getPerson(deps, viewer, req.params.username);
    const change = follow ? followPerson : unfollowPerson;
    const followersCount = await change(deps, { actor: viewer, person });
    if (wantsJson(req)) {
      res.json({ status: "ok", following: follow, followers: followersCount });
    } else if (isHtmx(req)) {
      const changed = { ...person, followersCount, isFollowed: follow };
      res.render(changedPart(req), { person: personOf(changed, viewer) });
    } else {
      res.redirect(303, personLink(person).href);
    }
  };
  router.post("/users/:username/follow", requireSignIn, requireCsrf, followHandler(true));
  router.post("/users/:username/unfollow", requireSignIn, requireCsrf, followHandler(false));

  return router;
}

/** The element that htmx puts in the place of the old one: a tile of a list, or a profile's head. */
const changedPart = (req: PersonRequest): string =>
  req.get("HX-Target")?.startsWith("li") ? "users/tile" : "users/head";
