import { createHash } from "node:crypto";
import { realpathSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Protects a folder from a second server. A listening socket is the lock: the system
// frees it when its process dies however it dies, so no stale lock and no reused pid.

export interface FolderLock {
  release(): Promise<void>;
}

/** The lock on `folder`, or null while another process holds it. */
export async function lockFolder(folder: string): Promise<FolderLock | null> {
  const name = `magpie-${createHash("sha256").update(realpathSync(folder)).digest("hex").slice(0, 24)}`;
  const address = socketAddress(name);
  const server = (await listen(address)) ?? (await takeOver(address));
  if (!server) return null;
  server.unref();
  return {
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function socketAddress(name: string): string {
  if (process.platform === "win32") return `\\\\.\\pipe\\${name}`;
  // Linux's abstract sockets leave no file behind.
  return process.platform === "linux" ? `\0${name}` : join(tmpdir(), `${name}.sock`);
}

function listen(address: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(null) : reject(error),
    );
    server.listen(address, () => resolve(server));
  });
}

/** Where sockets are files, a killed process leaves its file; nobody answers behind it. */
async function takeOver(address: string): Promise<Server | null> {
  if (!address.endsWith(".sock")) return null;
  const answered = await new Promise<boolean>((resolve) => {
    const socket = connect(address);
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
  if (answered) return null;
  unlinkSync(address);
  return listen(address);
}
