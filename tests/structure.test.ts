import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const foldersIn = (path: string) =>
  readdirSync(`${root}/${path}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
const filesBelow = (path: string) =>
  readdirSync(`${root}/${path}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);
const nouns = foldersIn("src/features");

describe("one noun names a folder in three trees", () => {
  test("every feature has tests", () => {
    expect(foldersIn("tests")).toEqual(expect.arrayContaining(nouns));
  });

  test("every folder of views is a feature, or shared by all", () => {
    const shared = ["layouts", "components", "errors", "mail"];
    expect(
      foldersIn("views").filter((name) => !shared.includes(name) && !nouns.includes(name)),
    ).toEqual([]);
  });

  test.each(nouns)("the routes of %s render templates that exist", (noun) => {
    const files = filesBelow(`src/features/${noun}`).filter((file) => file.endsWith(".routes.ts"));
    const names = files.flatMap((file) => [
      ...readFileSync(file, "utf8").matchAll(/"((?:[a-z]+)\/[a-z-]+)"/g),
    ]);
    const templates = names
      .map(([, name]) => name ?? "")
      .filter((name) => foldersIn("views").includes(name.split("/")[0] ?? ""));
    for (const name of templates)
      expect(readdirSync(`${root}/views/${name.split("/")[0]}`)).toContain(
        `${name.split("/")[1]}.njk`,
      );
  });
});

test("no file of the site is longer than 300 lines", () => {
  const files = ["src", "prisma/demo", "public", "bookmarklet", "views", "tests"]
    .flatMap(filesBelow)
    .filter((file) => /\.(ts|css|njk)$/.test(file));
  const long = files
    .map((file) => ({
      file: file.slice(root.length),
      lines: readFileSync(file, "utf8").split("\n").length,
    }))
    .filter(({ lines }) => lines > 301);
  expect(long).toEqual([]);
});

test("no folder is a drawer for everything", () => {
  const drawers = /\/(utils?|helpers?|common|misc)(\/|\.ts$)/;
  expect(filesBelow("src").filter((file) => drawers.test(file.slice(root.length)))).toEqual([]);
});
