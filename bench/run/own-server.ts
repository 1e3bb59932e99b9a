import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** In a child process: takes its task from the parent, and tells it the port. */
export function serveForParent<Task>(listener: (task: Task) => RequestListener): void {
  process.once("message", (task) => {
    const server = createServer(listener(task as Task));
    server.listen(0, "127.0.0.1", () => {
      process.send?.((server.address() as AddressInfo).port);
    });
  });
  // The parent is gone: nobody else needs this server.
  process.once("disconnect", () => process.exit());
}
