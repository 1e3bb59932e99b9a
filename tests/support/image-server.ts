import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The outside world on loopback: what it answers by path, and what it was asked. */
export interface ImageServer {
  /** "host:port", for FETCH_ALLOW. */
  host: string;
  url(path: string): string;
  serve(path: string, answer: Buffer | string | Handler, contentType?: string): void;
  requests: { path: string; headers: IncomingMessage["headers"] }[];
  close(): Promise<void>;
}

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

export async function startImageServer(): Promise<ImageServer> {
  const answers = new Map<string, Handler>();
  const requests: ImageServer["requests"] = [];
  const server = createServer((req, res) => {
    const path = req.url ?? "/";
    requests.push({ path, headers: req.headers });
    const answer = answers.get(path);
    if (answer) answer(req, res);
    else res.writeHead(404).end("not here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: (path) => `http://${host}${path}`,
    serve: (path, answer, contentType = "application/octet-stream") => {
      answers.set(
        path,
        typeof answer === "function"
          ? answer
          : (_req, res) => void res.writeHead(200, { "content-type": contentType }).end(answer),
      );
    },
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
