import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { seed } from "#prisma/seed.ts";
import { drawPicture } from "#tests/factories/images.ts";
import { type ImageServer, startImageServer } from "#tests/support/image-server.ts";
import { type PageServer, startPageServer } from "#tests/support/page-server.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

/** The real site at an address of its own, with a web around it that it may fetch from. */
export interface SiteServer extends TestApp {
  origin: string;
  /** A host of strangers that the site may fetch from. */
  strangers: ImageServer;
  /** Pages to run the bookmarklet on. Its pictures are drawn from SVG, which the app blocks in this process. */
  pages: PageServer;
  /** The requests that arrived, with the size of their bodies, which browsers do not tell of files. */
  received: { method: string; path: string; bytes: number }[];
}

export const administrator = { username: "admin", password: "magpies-nest-in-may" };

/**
 * @param demo whether it opens with the demo's people and pictures, which takes some seconds
 * @param hostname what it calls itself: passkeys know names only
 * @param settings more of them, by its address
 */
export async function startSite({
  demo = false,
  hostname = "127.0.0.1",
  settings = async (_origin: string): Promise<Record<string, string>> => ({}),
} = {}): Promise<SiteServer> {
  const [strangers, pages] = await Promise.all([startImageServer(), startPageServer()]);
  // The bookmarklet and the mails name BASE_URL, so the port is taken before anything is made.
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const origin = `http://${hostname}:${port}`;
  const site = await startTestApp({
    PORT: String(port),
    BASE_URL: origin,
    FETCH_ALLOW: strangers.host,
    ADMIN_USERNAME: administrator.username,
    ADMIN_PASSWORD: administrator.password,
    SEED_DEMO: String(demo),
    ...(await settings(origin)),
  });
  await seed(site.deps, () => {});
  await serveWalk(strangers);
  const received: SiteServer["received"] = [];
  server.on("request", (request, response) => {
    const { method = "", url: path = "", headers } = request;
    received.push({ method, path, bytes: Number(headers["content-length"] ?? 0) });
    site.app(request, response);
  });
  return {
    ...site,
    origin,
    strangers,
    pages,
    received,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await Promise.all([site.close(), strangers.close(), pages.close()]);
    },
  };
}

/** tests/e2e/pages/ordinary.html and its pictures, the largest first. */
async function serveWalk(strangers: ImageServer): Promise<void> {
  const page = await readFile(new URL("../e2e/pages/ordinary.html", import.meta.url), "utf8");
  strangers.serve("/walk.html", page, "text/html; charset=utf-8");
  for (const [index, match] of [
    ...page.matchAll(/<img src="(.*?-(\d+)x(\d+)\.(jpg|png))"/g),
  ].entries()) {
    const [, path = "", width, height, extension] = match;
    const format = extension === "png" ? "png" : "jpeg";
    const bytes = await drawPicture(100 + index, {
      width: Number(width),
      height: Number(height),
      format,
    });
    strangers.serve(path, bytes, `image/${format}`);
  }
}
