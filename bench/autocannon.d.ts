/** As much of autocannon as the bench uses; it ships no types. */
declare module "autocannon" {
  import type { EventEmitter } from "node:events";

  interface Request {
    method: string;
    path: string;
    headers: Record<string, string>;
    body?: string;
  }

  interface Client {
    setRequests(requests: Request[]): void;
  }

  interface Options {
    url: string;
    connections: number;
    /** Seconds. */
    duration: number;
    /** How often it looks whether it is to stop, in milliseconds. */
    sampleInt: number;
    setupClient(client: Client): void;
  }

  interface Instance extends EventEmitter, PromiseLike<unknown> {
    stop(): void;
    on(
      event: "response",
      listener: (client: Client, status: number, bytes: number, milliseconds: number) => void,
    ): this;
    on(event: "reqError", listener: (error: Error) => void): this;
  }

  export default function autocannon(options: Options): Instance;
}
