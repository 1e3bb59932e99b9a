/** One request of a page, as a browser would send it. */
export interface Exchange {
  method: "GET" | "POST";
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface Page {
  name: string;
  /** The status of every right answer. */
  status: number;
  /** What a connection sends, one after the other and then from the beginning. */
  turns(connection: number): Exchange[];
  /** What the bare server does before it answers; `none` where there is nothing to compare with. */
  floor: "queries" | "file" | "none";
  connections: number;
  /** Whether it may be asked for before it is measured; what is then left undone would be measured too. */
  warmUp: boolean;
}

/** No bot by its name, or its views would not count. */
const userAgent =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0";

export const get = (path: string, headers: Record<string, string> = {}): Exchange => ({
  method: "GET",
  path,
  headers: { accept: "text/html", "user-agent": userAgent, ...headers },
});

export const post = (
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string>,
): Exchange => ({
  method: "POST",
  path,
  headers: {
    accept: "text/html",
    "user-agent": userAgent,
    "content-type": "application/x-www-form-urlencoded",
    ...headers,
  },
  body: new URLSearchParams(fields).toString(),
});

export const send = (origin: string, { method, path, headers, body }: Exchange) =>
  fetch(origin + path, { method, headers, redirect: "manual", ...(body ? { body } : {}) });
