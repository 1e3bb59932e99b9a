import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { demoPictures } from "#prisma/demo/collection.ts";
import { drawDemoPictures } from "#prisma/demo/draw-demo-pictures.ts";
import { demoPeople } from "#prisma/demo/people.ts";
import { renderPicture } from "#prisma/demo/render.ts";

const usernames = demoPeople.map((person) => person.username);

/** The quickest picture to draw of each format. */
const samples = ["lighthouse", "quarter-circles", "breakfast", "moon-lake", "rocking-boat"];

describe("the demo's people", () => {
  it("are at least six, each with their own name and address", () => {
    expect(demoPeople.length).toBeGreaterThanOrEqual(6);
    expect(new Set(usernames).size).toBe(demoPeople.length);
    expect(new Set(demoPeople.map((person) => person.email)).size).toBe(demoPeople.length);
    for (const person of demoPeople) {
      expect(person.email).toMatch(/@example\.org$/);
      expect(new Date(person.dateOfBirth).toISOString().slice(0, 10)).toBe(person.dateOfBirth);
    }
  });

  it("follow two to five others, never themselves", () => {
    for (const { username, follows } of demoPeople) {
      expect(follows.length).toBeGreaterThanOrEqual(2);
      expect(follows.length).toBeLessThanOrEqual(5);
      expect(new Set(follows).size).toBe(follows.length);
      expect(follows).not.toContain(username);
      for (const followed of follows) expect(usernames).toContain(followed);
    }
  });
});

describe("the demo's pictures", () => {
  it("are at least 48, with a key, a drawing and an address of their own", () => {
    expect(demoPictures.length).toBeGreaterThanOrEqual(48);
    for (const of of ["key", "fileName", "sourceUrl", "pageUrl", "daysAgo"] as const) {
      expect(new Set(demoPictures.map((picture) => picture[of])).size).toBe(demoPictures.length);
    }
  });

  it("were saved within 90 days, by people who exist, under titles that fit", () => {
    for (const picture of demoPictures) {
      expect(usernames).toContain(picture.savedBy);
      expect(picture.title.length).toBeGreaterThan(0);
      expect(picture.title.length).toBeLessThanOrEqual(200);
      expect(picture.daysAgo).toBeGreaterThan(0);
      expect(picture.daysAgo).toBeLessThanOrEqual(90);
      expect(new URL(picture.sourceUrl).hostname).toMatch(/\.example$/);
      expect(new URL(picture.pageUrl).hostname).toMatch(/\.example$/);
    }
  });

  it("are liked once by each of some people, few pictures by many and many by few", () => {
    for (const { likedBy, savedBy } of demoPictures) {
      expect(new Set(likedBy).size).toBe(likedBy.length);
      expect(likedBy).not.toContain(savedBy);
      for (const name of likedBy) expect(usernames).toContain(name);
    }
    const counts = demoPictures.map((picture) => picture.likedBy.length).sort((a, b) => b - a);
    const half = counts[Math.floor(counts.length / 2)] ?? 0;
    expect(counts[0]).toBeGreaterThanOrEqual(3 * Math.max(1, half));
  });

  it("hold no text and reach for nothing outside", () => {
    for (const picture of demoPictures) {
      const markup = picture.svg().replaceAll(/"data:image\/png;base64,[^"]*"/g, "");
      const odd = /<text|NaN|undefined|Infinity|href="/.exec(markup)?.[0];
      expect(odd, picture.key).toBeUndefined();
    }
  });

  it.each(samples)("draws %s as declared, and the same twice", async (key) => {
    const picture = demoPictures.find((candidate) => candidate.key === key);
    if (!picture) throw new Error(`There is no picture ${key}`);
    const [first, second] = await Promise.all([renderPicture(picture), renderPicture(picture)]);
    expect(first.equals(second)).toBe(true);
    const found = await sharp(first).metadata();
    expect(found.format).toBe(picture.format === "avif" ? "heif" : picture.format);
    expect([found.width, found.height]).toEqual([picture.width, picture.height]);
    expect(found.pages ?? 1).toBe(picture.frames);
  });
});

describe("drawing all of them", () => {
  it("says what went wrong when the folder cannot be made", async () => {
    await expect(drawDemoPictures("/dev/null/nowhere")).rejects.toThrow(/ENOTDIR/);
  });
});
