import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type Plugin, transform } from "esbuild";

const entryPoint = fileURLToPath(new URL("../../../bookmarklet/main.ts", import.meta.url));

const minifiedCss: Plugin = {
  name: "minified-css",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      const { code } = await transform(css, { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/**
 * Bundles the bookmarklet into one `javascript:` URL, about 16 KB, for an `href` or a bookmark.
 * `baseUrl` is Magpie's own address; a path is kept, a trailing slash is not.
 */
export async function buildBookmarklet({ baseUrl }: { baseUrl: string }): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    // Constructed style sheets, which the panel cannot do without, are younger than es2022.
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
    define: { BASE_URL: JSON.stringify(baseUrl.replace(/\/+$/, "")) },
    plugins: [minifiedCss],
    logLevel: "silent",
  });
  const code = outputFiles[0]?.text.trim();
  if (!code) throw new Error("esbuild produced no bookmarklet");
  // A javascript: URL whose value is not undefined replaces the document.
  return `javascript:${encodeForUrl(code)}void 0`;
}

/**
 * Encodes only what a URL parser or a quoted HTML attribute would change: `%` is decoded before
 * the code runs, `#` starts a fragment, tabs and line breaks are dropped, `&` starts an entity.
 */
function encodeForUrl(code: string): string {
  return code.replace(/[%#"&<\t\r\n]|[^ -~]/g, encodeURIComponent);
}
