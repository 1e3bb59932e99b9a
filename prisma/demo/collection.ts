import { type Entry, extension, type PictureFormat } from "./catalogue/entry.ts";
import { indoors } from "./catalogue/indoors.ts";
import { outdoors } from "./catalogue/outdoors.ts";
import { patterns } from "./catalogue/patterns.ts";
import { demoPeople } from "./people.ts";
import { Chance } from "./pictures/pen.ts";
import { Sheet } from "./pictures/sheet.ts";

export interface DemoPicture {
  key: string;
  /** The name of its file once drawn: the key and the format's extension. */
  fileName: string;
  title: string;
  description: string;
  sourceUrl: string;
  pageUrl: string;
  savedBy: string;
  /** How long ago it was saved; fractions of a day keep the order strict. */
  daysAgo: number;
  /** Usernames, never the one who saved it. */
  likedBy: readonly string[];
  width: number;
  height: number;
  format: PictureFormat;
  frames: number;
  /** The picture as SVG; a moving one takes a frame from 0 to frames - 1. */
  svg: (frame?: number) => string;
}

const favourites = [
  "two-magpies",
  "red-fuji",
  "cat-on-sill",
  "koi-pond",
  "five-vases",
  "aurora",
  "canal-houses",
  "lighthouse",
  "cut-outs",
  "kitchen",
];

/** Weaves the lists into one, each spread evenly from the newest picture to the oldest. */
function weave(lists: readonly (readonly Entry[])[]): Entry[] {
  return lists
    .flatMap((list) => list.map((entry, i) => ({ entry, place: (i + 0.5) / list.length })))
    .sort((a, b) => a.place - b.place)
    .map(({ entry }) => entry);
}

const entries = weave([outdoors, indoors, patterns]);

/** Keys from the most liked down: the favourites, then the others in a fixed shuffle. */
const byPopularity = [
  ...favourites,
  ...new Chance("popularity")
    .shuffle(entries.map((entry) => entry.key))
    .filter((key) => !favourites.includes(key)),
];

/** A power law, as likes are on every real site: a few have them all, many have none or one. */
function likesOf(entry: Entry): string[] {
  const rank = byPopularity.indexOf(entry.key);
  const others = demoPeople
    .map((person) => person.username)
    .filter((name) => name !== entry.savedBy);
  return new Chance(`likes of ${entry.key}`)
    .shuffle(others)
    .slice(0, Math.floor(8 / (1 + rank * 0.14)));
}

export const demoPictures: readonly DemoPicture[] = entries.map((entry, index) => {
  const { key, draw, savedBy, site, title, description = "", format = "jpeg", frames = 1 } = entry;
  const [width, height] = entry.size;
  const fileName = `${key}.${extension(format)}`;
  return {
    key,
    fileName,
    title,
    description,
    sourceUrl: `https://images.${site}.example/${fileName}`,
    pageUrl: `https://${site}.example/${key}`,
    savedBy,
    daysAgo: Math.round(90 * (index / entries.length) ** 1.3 * 100 + 5) / 100,
    likedBy: likesOf(entry),
    width,
    height,
    format,
    frames,
    svg: (frame = 0) => {
      const sheet = new Sheet(width, height, key);
      draw(sheet, frame / frames);
      return sheet.svg();
    },
  };
});
