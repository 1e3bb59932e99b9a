import { type CheerioAPI, load } from "cheerio";
import type { Express } from "express";
import supertest from "supertest";

/** One browser's worth of cookies; forms are sent with the token their page carried. */
export interface Visitor {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a form as its page would: `from` is loaded first for its `_csrf`. */
  post(path: string, fields?: Record<string, string>, options?: PostOptions): Promise<Answer>;
  postFile(
    path: string,
    file: { name: string; bytes: Buffer; field?: string },
    fields: Record<string, string>,
  ): Promise<Answer>;
  csrf(from?: string): Promise<string>;
}

export interface PostOptions {
  from?: string;
  headers?: Record<string, string>;
  csrf?: string | null;
  /** For answers that are neither pages nor pictures: their bytes as they came. */
  binary?: boolean;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  body: Record<string, unknown>;
  bytes: Buffer;
  $: CheerioAPI;
  location: string | undefined;
  /** The messages beside fields, by field. */
  errors: Record<string, string>;
}

export function createVisitor(app: Express | string): Visitor {
  const agent = supertest.agent(app);
  const answerOf = (response: supertest.Response): Answer => {
    const $ = load(response.text ?? "");
    const errors: Record<string, string> = {};
    for (const element of $("[data-field-error]")) {
      errors[$(element).attr("data-field-error") ?? ""] = $(element).text();
    }
    return {
      status: response.status,
      headers: response.headers,
      text: response.text ?? "",
      body: response.body,
      bytes: Buffer.isBuffer(response.body) ? response.body : Buffer.from(response.text ?? ""),
      $,
      location: response.headers["location"],
      errors,
    };
  };
  const csrf = async (from = "/login") => {
    const { text } = await agent.get(from).set("Accept", "text/html").redirects(1);
    const $ = load(text);
    return String($("input[name=_csrf]").first().val() ?? "");
  };
  return {
    csrf,
    get: async (path, headers = {}) =>
      answerOf(await agent.get(path).set({ Accept: "text/html", ...headers })),
    post: async (path, fields = {}, options = {}) => {
      const { from, headers = {}, csrf: given, binary = false } = options;
      const token = given === undefined ? await csrf(from) : given;
      const request = agent
        .post(path)
        .type("form")
        .set({ Accept: "text/html", ...headers })
        .send(token === null ? fields : { _csrf: token, ...fields });
      return answerOf(await (binary ? request.responseType("blob") : request));
    },
    postFile: async (path, file, fields) => {
      const request = agent
        .post(path)
        .set("Accept", "text/html")
        .field("_csrf", await csrf());
      for (const [name, value] of Object.entries(fields)) request.field(name, value);
      return answerOf(await request.attach(file.field ?? "file", file.bytes, file.name));
    },
  };
}
