import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import sharp from "sharp";

export interface PageServer {
  /** Where the pages are, for example http://127.0.0.1:41001 */
  origin: string;
  /** The same pages at another origin, for cross-origin frames and for a stand-in of Magpie. */
  otherOrigin: string;
  close(): Promise<void>;
}

const pages = new URL("../e2e/pages/", import.meta.url);

/**
 * Serves tests/e2e/pages on loopback, and pictures made on demand:
 *
 *     /any/path-1600x900.png     a picture of that size (.jpg, .png, .webp, .gif; .svg too)
 *
 * A page's own headers are in comments at its start: `<!-- Header-Name: value -->`; `{other}` in
 * a page becomes the other origin. A Content-Type among them replaces text/html.
 */
export async function startPageServer(): Promise<PageServer> {
  const origins = { own: "", other: "" };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response, origins.other).catch((error: unknown) => {
      response.writeHead(404, { "content-type": "text/plain" }).end(String(error));
    });
  };
  const servers = [createServer(listener), createServer(listener)] as const;
  [origins.own, origins.other] = [await listen(servers[0]), await listen(servers[1])];
  return {
    origin: origins.own,
    otherOrigin: origins.other,
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  otherOrigin: string,
): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://pages");
  const picture = /(\d+)x(\d+)\.(jpg|png|webp|gif|svg)$/.exec(pathname);
  if (picture) {
    const [, width, height, format = "png"] = picture;
    const bytes = await draw(pathname, Number(width), Number(height), format);
    const type = { jpg: "image/jpeg", svg: "image/svg+xml" }[format] ?? `image/${format}`;
    response.writeHead(200, { "content-type": type, "cache-control": "max-age=600" }).end(bytes);
    return;
  }
  // The contract's address of the save form, for pages that stand in for Magpie.
  const file = pathname === "/images/new" ? "stand-in-for-magpie.html" : basename(pathname);
  const text = (await readFile(new URL(file, pages), "utf8")).replaceAll("{other}", otherOrigin);
  const headers: Record<string, string> = { "content-type": "text/html; charset=utf-8" };
  let body = text;
  for (;;) {
    const header = /^<!-- ([A-Za-z-]+): (.*?) -->\s*/.exec(body);
    if (!header?.[1] || !header[2]) break;
    headers[header[1].toLowerCase()] = header[2];
    body = body.slice(header[0].length);
  }
  response.writeHead(200, headers).end(body);
}

const drawn = new Map<string, Promise<Buffer>>();

/** A soft landscape whose colours follow from its name, so that screenshots are worth a look. */
function draw(name: string, width: number, height: number, format: string): Promise<Buffer> {
  const key = `${name}`;
  let bytes = drawn.get(key);
  if (!bytes) {
    let hue = 0;
    for (const character of name) hue = (hue * 31 + (character.codePointAt(0) ?? 0)) % 360;
    const hill = (top: number, tone: string) =>
      `<path d="M0 ${top} C 30 ${top - 22}, 45 ${top + 12}, 100 ${top - 10} V100 H0Z" fill="${tone}"/>`;
    const svg = Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 100 100" preserveAspectRatio="none">
        <linearGradient id="sky" x2="0" y2="1"><stop stop-color="hsl(${hue},45%,72%)"/><stop offset="1" stop-color="hsl(${(hue + 40) % 360},60%,88%)"/></linearGradient>
        <rect width="100" height="100" fill="url(#sky)"/>
        ${hill(62, `hsl(${hue},30%,52%)`)}${hill(78, `hsl(${hue},34%,38%)`)}${hill(92, `hsl(${hue},38%,24%)`)}
      </svg>`,
    );
    bytes =
      format === "svg"
        ? Promise.resolve(svg)
        : sharp(svg)
            .toFormat(format as "png")
            .toBuffer();
    drawn.set(key, bytes);
  }
  return bytes;
}
