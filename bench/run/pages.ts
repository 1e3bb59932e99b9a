import type pg from "pg";
import { type Exchange, get, type Page, post } from "./exchange.ts";
import type { SignedIn } from "./sign-in.ts";
import { findUnliked, type Targets } from "./targets.ts";

export interface PagesDeps {
  client: pg.Client;
  targets: Targets;
  reader: SignedIn;
  writers: SignedIn[];
  imageOrigin: string;
  connections: number;
}

/** Every main page, in the order they are measured: what changes rows comes last. */
export async function listPages(deps: PagesDeps): Promise<Page[]> {
  const { targets, reader, connections } = deps;
  const page = (name: string, exchanges: Exchange[], floor: Page["floor"] = "queries"): Page => ({
    name,
    status: 200,
    turns: () => exchanges,
    floor,
    connections,
    warmUp: true,
  });
  const signedIn = { cookie: reader.cookie };
  const images = (headers: Record<string, string>) =>
    targets.images.map(({ id, slug }) => get(`/images/${id}/${slug}`, headers));
  return [
    page("list", [get("/images")]),
    page("list, signed in", [get("/images", signedIn)]),
    page("next cards, deep down", [
      get(`/images?cursor=${targets.deepCursor}`, { "hx-request": "true" }),
    ]),
    page("image", images({})),
    { ...page("image, new visitors", []), turns: newVisitors(images({})) },
    page("image, signed in", images(signedIn)),
    page("feed", [get("/", signedIn)]),
    page("profile", [get(`/users/${targets.popular.username}`)]),
    page("ranking", [get("/ranking")]),
    page("ranking of the week", [get("/ranking?period=week")]),
    page("directory", [get("/users")]),
    page("thumbnail", [get(targets.thumbnail.url)], "file"),
    page("healthz", [get("/healthz")]),
    await likes(deps),
    saves(deps, "save, one client", 1),
    saves(deps, "save", connections),
  ];
}

/** Each request from another address, so that each is a view that counts. */
function newVisitors(exchanges: Exchange[]): Page["turns"] {
  let visitors = 0;
  const address = () => {
    visitors += 1;
    return `10.${visitors >> 16}.${(visitors >> 8) & 255}.${visitors & 255}`;
  };
  return () =>
    Array.from({ length: 250 * exchanges.length }, (_, turn) => {
      const exchange = exchanges[turn % exchanges.length] as Exchange;
      return { ...exchange, headers: { ...exchange.headers, "x-forwarded-for": address() } };
    });
}

const imagesPerConnection = 4;

/** Like and unlike in turn, each connection its own pairs of person and image. */
async function likes({ client, writers, connections }: PagesDeps): Promise<Page> {
  const turns: Exchange[][] = [];
  for (let connection = 0; connection < connections; connection += 1) {
    const writer = writers[connection % writers.length] as SignedIn;
    const skip = connection * imagesPerConnection;
    const images = await findUnliked(client, writer.id, { skip, count: imagesPerConnection });
    const change = (id: number, verb: string) =>
      post(
        `/images/${id}/${verb}`,
        { _csrf: writer.csrf },
        { accept: "application/json", cookie: writer.cookie },
      );
    turns.push(images.flatMap(({ id }) => [change(id, "like"), change(id, "unlike")]));
  }
  return {
    name: "like and unlike",
    status: 200,
    turns: (connection) => turns[connection] ?? [],
    floor: "queries",
    connections,
    warmUp: true,
  };
}

/** Each picture is asked for once: another save of the same bytes would decode and store nothing. */
function saves({ writers, imageOrigin }: PagesDeps, name: string, connections: number): Page {
  const run = Date.now();
  let picture = 0;
  const save = (writer: SignedIn) => {
    picture += 1;
    const url = `${imageOrigin}/${run}-${picture}.jpg`;
    const fields = { url, title: `Saved picture ${picture}`, _csrf: writer.csrf };
    return post("/images", fields, { cookie: writer.cookie });
  };
  return {
    name,
    status: 303,
    turns: (connection) =>
      Array.from({ length: Math.ceil(4000 / connections) }, () =>
        save(writers[connection % writers.length] as SignedIn),
      ),
    floor: "none",
    connections,
    warmUp: false,
  };
}
