import { load } from "cheerio";
import { benchPassword } from "../load/people.ts";
import { get, post, send } from "./exchange.ts";

export interface SignedIn {
  id: number;
  cookie: string;
  /** The token that this session's forms carry. */
  csrf: string;
}

/** Signs in as a browser does: the form, its token, and the cookies both answers set. */
export async function signIn(
  origin: string,
  person: { id: number; username: string },
): Promise<SignedIn> {
  const form = await send(origin, get("/login"));
  const stranger = cookieOf(form);
  const fields = {
    username: person.username,
    password: benchPassword,
    _csrf: tokenOf(await form.text()),
  };
  const answer = await send(origin, post("/login", fields, { cookie: stranger }));
  if (answer.status !== 303)
    throw new Error(`Signing in as ${person.username} answered ${answer.status}.`);
  // The last byte comes when the session is stored: a page asked for before could lose its token to it.
  await answer.arrayBuffer();
  const cookie = cookieOf(answer);
  const page = await send(origin, get("/images", { cookie }));
  return { id: person.id, cookie, csrf: tokenOf(await page.text()) };
}

const cookieOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

const tokenOf = (html: string): string =>
  String(load(html)("input[name=_csrf]").first().val() ?? "");
