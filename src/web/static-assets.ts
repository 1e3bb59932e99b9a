import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "esbuild";
import type { RequestHandler } from "express";
import { NotFound } from "#lib/errors.ts";
import { MethodNotAllowed } from "#web/errors.ts";

/** Bundles public/ at start into memory: names carry a hash of the content, so they never go stale. */
export interface StaticAssets {
  /** The address of an asset by its plain name, such as "site.css". Throws for an unknown one. */
  urlOf(name: string): string;
  serve: RequestHandler;
}

interface Asset {
  type: string;
  plain: Buffer;
  gzip: Buffer;
  br: Buffer;
}

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

export async function loadStaticAssets(folder: string): Promise<StaticAssets> {
  const sources = [...(await bundle(folder)), ...(await readIcons(join(folder, "icons")))];
  const byUrl = new Map<string, Asset>();
  const urls = new Map<string, string>();
  for (const { name, content } of sources) {
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
    const extension = extname(name);
    const url = `/static/${basename(name, extension)}.${hash}${extension}`;
    urls.set(name, url);
    byUrl.set(url, {
      type: types[extension] ?? "application/octet-stream",
      plain: content,
      gzip: await promisify(gzip)(content, { level: 9 }),
      br: await promisify(brotliCompress)(content, {
        // The best takes half a second of every start for the list of common passwords, and gains 6 %.
        params: { [constants.BROTLI_PARAM_QUALITY]: content.length > 200_000 ? 6 : 11 },
      }),
    });
  }

  return {
    urlOf: (name) => {
      const url = urls.get(name);
      if (!url) throw new Error(`There is no static asset "${name}".`);
      return url;
    },
    serve: (req, res, next) => {
      if (!req.path.startsWith("/static/")) return next();
      const asset = byUrl.get(req.path);
      if (!asset) throw new NotFound();
      if (req.method !== "GET" && req.method !== "HEAD")
        throw new MethodNotAllowed(["GET", "HEAD"]);
      // Asked one by one: browsers name gzip first, and ours is the better choice.
      const encoding = req.acceptsEncodings("br") || req.acceptsEncodings("gzip");
      res.set({
        "Content-Type": asset.type,
        "Cache-Control": "public, max-age=31536000, immutable",
        Vary: "Accept-Encoding",
      });
      if (encoding === "br" || encoding === "gzip") {
        res.set("Content-Encoding", encoding).end(asset[encoding]);
      } else {
        res.end(asset.plain);
      }
    },
  };
}

async function bundle(folder: string) {
  const { outputFiles } = await build({
    // What few pages need is an entry of its own, which those pages name.
    entryPoints: [
      ...["site.css", "site.ts", "admin.css", "admin.ts"],
      ...["modules/passkeys.ts", "modules/password-strength.ts"],
    ].map((name) => join(folder, name)),
    bundle: true,
    minify: true,
    write: false,
    outdir: folder,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    logLevel: "silent",
  });
  return outputFiles.map((file) => ({
    name: basename(file.path),
    content: Buffer.from(file.contents),
  }));
}

async function readIcons(folder: string) {
  const names = await readdir(folder);
  return Promise.all(
    names.map(async (name) => ({ name, content: await readFile(join(folder, name)) })),
  );
}
