import { Router } from "express";
import { listImages } from "#features/images/images.queries.ts";
import { cardsOf } from "#features/images/images.view-data.ts";
import { getPerson } from "#features/users/users.access.ts";
import { personOf } from "#features/users/users.view-data.ts";
import { decodeCursor } from "#lib/pagination.ts";
import type { Database } from "#platform/database.ts";
import { queryText } from "#web/input.ts";
import { isHtmx } from "#web/negotiation.ts";

export function usersRoutes(deps: { database: Database }): Router {
  const router = Router();

  router.get("/users/:username", async (req, res) => {
    const person = await getPerson(deps, req.params.username);
    const page = await listImages(deps, {
      after: decodeCursor(queryText(req, "cursor")),
      ownerId: person.id,
    });
    const list = cardsOf(page, `/users/${person.username}`);
    res.vary("HX-Request");
    if (isHtmx(req)) return res.render("images/cards", list);
    res.render("users/show", {
      ...list,
      person: personOf(person),
      isOwn: req.user?.id === person.id,
    });
  });

  return router;
}
