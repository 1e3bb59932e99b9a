import { describe, expect, test } from "vitest";
import { findPageImages } from "#features/images/find-page-images.ts";
import { parseSrcset } from "#features/images/read-image-tags.ts";
import { processorTime } from "#tests/support/processor-time.ts";

const PAGE = "https://blog.example/2026/post.html";
const urls = (html: string, page = PAGE) => findPageImages(html, page).images.map((i) => i.url);

describe("where a page names its pictures", () => {
  test("the head comes before the body, and sizes and texts are kept", () => {
    const { title, images } = findPageImages(
      `<!doctype html><head><title>Birds &amp; bees</title>
       <meta name="twitter:image" content="/twitter.jpg">
       <meta property="og:image" content="http://cdn.example/og.jpg">
       <meta property="og:image:secure_url" content="https://cdn.example/og.jpg">
       <meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">
       <meta property="og:image:alt" content="A &quot;magpie&quot;">
       <link rel="stylesheet" href="/a.css"><link rel="image_src" href="linked.png#top">
       <body><img src=small.jpg width=300 height=200><img src="big.jpg" width="900px" height=600 alt=" A
       nest ">`,
      PAGE,
    );
    expect(title).toBe("Birds & bees");
    expect(images).toEqual([
      { url: "https://cdn.example/og.jpg", alt: 'A "magpie"', width: 1200, height: 630 },
      { url: "https://blog.example/twitter.jpg", alt: "" },
      { url: "https://blog.example/2026/linked.png", alt: "" },
      { url: "https://blog.example/2026/big.jpg", alt: "A nest", width: 900, height: 600 },
      { url: "https://blog.example/2026/small.jpg", alt: "", width: 300, height: 200 },
    ]);
  });

  test("og:title names the page better than <title>; og:image:url alone counts", () => {
    const found = findPageImages(
      `<title>Post - My site</title><meta property="og:title" content="Post">
       <meta property="og:image:url" content="a.jpg"><meta property="og:image" content="b.jpg">
       <meta property="og:image:width" content="50">`,
      PAGE,
    );
    expect(found.title).toBe("Post");
    expect(found.images).toEqual([{ url: "https://blog.example/2026/a.jpg", alt: "" }]);
  });

  test("the largest of a srcset, of a <picture>, and what lazy loaders hide", () => {
    expect(
      findPageImages(
        `<img src=a-300.jpg width=600 height=400 srcset="a-300.jpg 300w, a-1200.jpg 1200w,a-600.jpg 600w">`,
        PAGE,
      ).images,
    ).toEqual([{ url: "https://blog.example/2026/a-1200.jpg", alt: "", width: 1200, height: 800 }]);
    expect(
      urls(`<picture><source srcset="v.svg 9000w" type="image/svg+xml">
        <source type=image/avif srcset="w-800.avif 800w, w-1600.avif 1600w">
        <img src=w.jpg srcset="w-1600.jpg 1600w"></picture>`),
    ).toEqual(["https://blog.example/2026/w-1600.jpg"]);
    expect(
      urls(`<picture><source srcset="x.webp"><img src="data:image/gif;base64,R0lG"></picture>
        <img src="data:image/gif;base64,R0lG" data-src="/lazy.jpg">
        <img src=thumb.jpg data-orig-file="full.jpg" data-original=1>
        <noscript><img src=plain.jpg></noscript>`),
    ).toEqual([
      "https://blog.example/2026/x.webp",
      "https://blog.example/lazy.jpg",
      "https://blog.example/2026/full.jpg",
      "https://blog.example/2026/plain.jpg",
    ]);
  });

  test("srcset as the standard reads it", () => {
    expect(
      parseSrcset(" , a.jpg 1x ,b.jpg 2.5x, c,d.jpg 3x, data:image/png;base64,AA 9x, e.jpg,"),
    ).toEqual([
      { address: "a.jpg", width: undefined, density: 1 },
      { address: "b.jpg", width: undefined, density: 2.5 },
      { address: "c,d.jpg", width: undefined, density: 3 },
      { address: "e.jpg", width: undefined, density: undefined },
    ]);
  });

  test("<base href>, once, and not a dangerous one", () => {
    expect(urls(`<base target=_top><base href="/b/"><base href="/c/"><img src=a.jpg>`)).toEqual([
      "https://blog.example/b/a.jpg",
    ]);
    expect(urls(`<base href="data:text/html,x"><img src=a.jpg>`)).toEqual([
      "https://blog.example/2026/a.jpg",
    ]);
    expect(urls(`<img src=a.jpg><img src=//cdn.example/b.jpg>`, "nonsense")).toEqual([]);
  });
});

describe("what is left out", () => {
  test.each([
    [
      "other schemes",
      `<img src="data:image/png;base64,AA"><img src="javascript:x//.y"><img src="ftp://a.example/b.png"><img src="file:///etc/passwd">`,
    ],
    [
      "vectors and icons",
      `<img src=a.svg><img src="a.SVGZ?x"><meta property=og:image content=/favicon.ico>`,
    ],
    [
      "tiny ones",
      `<img src=a.png width=99><img src=b.png height="1"><img src=c.png width=16 srcset="d.png 2000w"><img src=e.gif width=0 height=0>`,
    ],
    [
      "trackers",
      `<img src="https://www.facebook.com/tr?id=1"><img src="https://stats.wp.com/g.gif"><img src=/img/spacer.gif><img src=/1x1.png>`,
    ],
    ["user-info", `<img src="https://me:secret@a.example/b.png">`],
    ["long addresses", `<img src="/${"x".repeat(2050)}.png"><img src="/${"é".repeat(500)}.png">`],
    [
      "comments, scripts and other raw text",
      `<!-- <img src=a.png> --><script>"<img src=b.png>"</script><style><img src=c.png></style><textarea><img src=d.png></textarea>`,
    ],
    ["empty and broken ones", `<img><img src><img src=""><img src="http://[/x.png"><img src=.png`],
  ])("%s", (_what, html) => {
    expect(urls(html)).toEqual([]);
  });

  test("doubles, and more than forty", () => {
    expect(
      urls(`<img src=a.jpg><img src="./a.jpg#x"><meta property=og:image content=a.jpg>`),
    ).toHaveLength(1);
    expect(urls(Array.from({ length: 90 }, (_, n) => `<img src=${n}.jpg>`).join(""))).toHaveLength(
      40,
    );
  });

  test("a quoted > ends no tag, and a query's ampersands are no entities", () => {
    expect(
      urls(`<img alt="a > b" data-x='<img src="no.png">' src="/i.png?a=1&copy=2&amp;b=3">`),
    ).toEqual(["https://blog.example/i.png?a=1&copy=2&b=3"]);
  });
});

describe("encodings", () => {
  const title = (bytes: Buffer, contentType?: string) =>
    findPageImages(bytes, PAGE, contentType).title;

  test("byte order mark, header, meta, UTF-8 and at last windows-1252", () => {
    expect(title(Buffer.from("\uFEFF<title>Été</title>", "utf16le"))).toBe("Été");
    expect(title(Buffer.from("\uFEFF<title>Été</title>"), "text/html; charset=latin1")).toBe("Été");
    expect(
      title(
        Buffer.from([...Buffer.from("<title>"), 0xc0, 0xf1, ...Buffer.from("</title>")]),
        "text/html; charset=windows-1251",
      ),
    ).toBe("Ас");
    expect(
      title(
        Buffer.from([
          ...Buffer.from("<meta charset='shift_jis'><title>"),
          0x93,
          0xfa,
          ...Buffer.from("</title>"),
        ]),
      ),
    ).toBe("日");
    expect(title(Buffer.from("<title>Été</title>"))).toBe("Été");
    expect(title(Buffer.from("<title>Été “x”</title>".replace(/[“”]/g, ""), "latin1"))).toBe(
      "Été x",
    );
    expect(title(Buffer.from("<meta charset=utf-16><title>Été</title>"))).toBe("Été");
    expect(title(Buffer.from("<title>Été</title>"), "text/html; charset=klingon")).toBe("Été");
  });

  test("a title is one clean line of at most 300 characters", () => {
    expect(findPageImages("<title> a\n\t b\0c&#0;</title>", PAGE).title).toBe("a b c\uFFFD");
    const long = findPageImages(`<title>${"🐦".repeat(1000)}</title>`, PAGE).title;
    expect([...(long ?? "")]).toHaveLength(300);
    expect(findPageImages("<title>  </title>", PAGE).title).toBeNull();
  });
});

test.each([
  ["nested tags", "<div>".repeat(2_000_000)],
  ["nested tables and formatting", "<table><b><a><p>".repeat(600_000)],
  ["open quotes", '<img a="'.repeat(300_000)],
  ["only <", "<".repeat(3_000_000)],
  ["open comments", "<!--".repeat(600_000)],
  ["open titles", "<title>".repeat(400_000)],
  ["titles that nearly end", `<title>${"</title".repeat(300_000)}`],
  ["scripts that never end", "<script></scrip".repeat(200_000)],
  [
    "two hundred thousand attributes",
    `<img ${Array.from({ length: 200_000 }, (_, n) => `a${n}=1`).join(" ")}>`,
  ],
  ["equals signs", `<a ${"= ".repeat(1_000_000)}`],
  ["space in a srcset", `<img srcset="${" ".repeat(60_000)}">`.repeat(33)],
  ["commas in a srcset", `<img srcset="a${",".repeat(60_000)}b">`.repeat(33)],
  ["space in an alt", `<img src=x.png alt="${" ".repeat(60_000)}x">`.repeat(33)],
  ["ampersands", `<img src="${"&".repeat(60_000)}">`.repeat(33)],
  [
    "a hundred thousand pictures",
    Array.from({ length: 100_000 }, (_, n) => `<img src=${n}.png>`).join(""),
  ],
  ["sources without a picture", `${'<source srcset="a 1w">'.repeat(100_000)}<img>`],
])("hostile: %s", async (_what, html) => {
  const taken = await processorTime(() => {
    findPageImages(Buffer.from(html), PAGE);
    findPageImages(html, PAGE);
  });
  expect(taken).toBeLessThan(1500);
});
