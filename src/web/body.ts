import express, { type RequestHandler } from "express";
import { UnsupportedType } from "#web/errors.ts";
import { refuseJunk } from "#web/input.ts";

const limit = "100kb";
/** As many as Django takes (DATA_UPLOAD_MAX_NUMBER_FIELDS): a person's form has one for each group. */
const mostFields = 1000;

/** Plain forms and flat JSON; files come through `receiveFile` on the routes that take one. */
export const readBody: RequestHandler[] = [
  express.urlencoded({ extended: false, limit, parameterLimit: mostFields }),
  express.json({ limit }),
  (req, _res, next) => {
    const hasBody = Number(req.get("Content-Length") ?? 0) > 0 || req.get("Transfer-Encoding");
    const known = req.is(["urlencoded", "json", "multipart/form-data"]);
    // A form without fields, and one with files on a route that takes none, say nothing.
    req.body ??= {};
    next(hasBody && !known ? new UnsupportedType() : undefined);
  },
  refuseJunk,
];
