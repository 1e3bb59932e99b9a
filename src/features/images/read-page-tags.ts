// Trees are where hostile HTML hurts: on 100 KB of nested <div> parse5 takes seconds (every tag
// looks through all open ones), and htmlparser2 does the same from 400 KB on. So the few kinds of
// tag that can name an image are cut out of the text in one pass first, and only these, flat,
// reach a parser. Follows the HTML standard's tokenizer (13.2.5) as far as that needs.

const WANTED = new Set(["base", "meta", "link", "img", "source"]);
// What stands inside these is text until their end tag, whatever it looks like.
const RAW_TEXT = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

const MAX_TAGS = 5000;
// A longer one is a data: address, or an attack.
const MAX_TAG_LENGTH = 64 * 1024;
const MAX_TITLE_LENGTH = 4096;

const LETTER = /[a-z]/i;
const NAME = /[a-z][^\s/>]{0,20}/iy;

/** The page's image-naming tags and its first title as one flat piece of HTML, in linear time. */
export function readPageTags(html: string): string {
  const tags: string[] = [];
  let titleSeen = false;
  let at = html.indexOf("<");
  while (at !== -1 && tags.length < MAX_TAGS) {
    if (html.startsWith("<!--", at)) {
      at = after(html, "-->", at + 2);
    } else if (!LETTER.test(html[at + 1] ?? "")) {
      at += 1;
    } else {
      const end = findTagEnd(html, at + 1);
      if (end === -1) break;
      const tag = html.slice(at, end);
      const name = nameOf(html, at + 1);
      at = end;
      if (WANTED.has(name) && tag.length <= MAX_TAG_LENGTH) tags.push(tag);
      if (RAW_TEXT.includes(name)) {
        const close = findEndTag(html, name, end);
        // Not closed means that all the rest is text; searching on from every such tag would
        // be quadratic.
        if (close === -1) break;
        if (name === "title" && !titleSeen) {
          titleSeen = true;
          tags.push(`<title>${html.slice(end, Math.min(close, end + MAX_TITLE_LENGTH))}</title>`);
        }
        at = close;
      }
    }
    at = at === -1 ? -1 : html.indexOf("<", at);
  }
  return tags.join("\n");
}

function nameOf(html: string, at: number): string {
  NAME.lastIndex = at;
  return NAME.exec(html)?.[0].toLowerCase() ?? "";
}

function after(html: string, text: string, from: number): number {
  const found = html.indexOf(text, from);
  return found === -1 ? -1 : found + text.length;
}

/** Where the tag ends, behind its ">", minding that a quoted value may hold one; -1 when never. */
function findTagEnd(html: string, from: number): number {
  const stop = /[>=]/g;
  const valueStart = /\s*(["']?)/y;
  stop.lastIndex = from;
  for (let found = stop.exec(html); found; found = stop.exec(html)) {
    if (found[0] === ">") return stop.lastIndex;
    valueStart.lastIndex = stop.lastIndex;
    const quote = valueStart.exec(html)?.[1];
    if (!quote) continue;
    stop.lastIndex = after(html, quote, valueStart.lastIndex);
    if (stop.lastIndex <= 0) return -1;
  }
  return -1;
}

function findEndTag(html: string, name: string, from: number): number {
  const endTag = new RegExp(`</${name}(?=[\\s/>])`, "gi");
  endTag.lastIndex = from;
  return endTag.exec(html)?.index ?? -1;
}
