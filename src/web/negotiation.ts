import type { Request } from "express";

/** Whether a script asked for JSON; a browser's page load never does. */
export const wantsJson = (req: Request): boolean => req.accepts(["html", "json"]) === "json";

/** Whether htmx asks for a part of a page. */
export const isHtmx = (req: Request): boolean => req.get("HX-Request") === "true";
