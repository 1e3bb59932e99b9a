import type { Request, RequestHandler } from "express";
import type { z } from "zod";
import { BadRequest, Invalid } from "#lib/errors.ts";

/**
 * The input a schema describes, from a form.
 * @throws Invalid with the first sentence for each wrong field
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const fields: Record<string, string> = {};
  for (const issue of result.error.issues) {
    fields[String(issue.path[0] ?? "form")] ??= issue.message;
  }
  throw new Invalid(fields, "invalid", { cause: result.error });
}

/** One text value of the query string, or undefined. */
export function queryText(req: Request, name: string): string | undefined {
  const value = req.query[name];
  return typeof value === "string" ? value : undefined;
}

/**
 * Refuses what no form of ours sends and what PostgreSQL cannot hold: repeated and nested
 * fields, NUL, lone surrogates. A parser's own choice of meaning is where holes begin.
 */
export const refuseJunk: RequestHandler = (req, _res, next) => {
  for (const source of [req.query, req.body as unknown]) {
    if (source === undefined || source === null) continue;
    if (typeof source !== "object" || Array.isArray(source)) throw new BadRequest();
    for (const [name, value] of Object.entries(source)) {
      if (typeof value !== "string" || !isPlain(value) || !isPlain(name)) throw new BadRequest();
      if (name === "__proto__" || /[[\]]/.test(name)) throw new BadRequest();
    }
  }
  let path: string;
  try {
    path = decodeURIComponent(req.path);
  } catch (cause) {
    throw new BadRequest(undefined, { cause });
  }
  if (!isPlain(path)) throw new BadRequest();
  next();
};

const isPlain = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
