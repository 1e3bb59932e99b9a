import { createHash, randomUUID } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

// Protects a folder from a second server. A listening socket is the lock: the system frees it
// when its process dies however it dies, so no stale lock and no reused pid. It lies inside the
// folder, because containers that share a folder share no other name. Whoever wants the lock
// first listens on a name of its own, then looks for others that answer: of two at once at
// least one sees the other, so that never both have it.

export interface FolderLock {
  release(): Promise<void>;
}

interface Place {
  folder: string;
  /** What the names of its sockets begin with. */
  prefix: string;
}

/** Shorter than what fits into a socket's address on any system, with the NUL behind it. */
const longestAddress = 103;
/** What folders answer that cannot hold a socket, as some shared into a virtual machine. */
const cannotHoldSockets = new Set(["ENOTSUP", "EPERM", "EINVAL", "ENOSYS"]);

/** The lock on `folder`, or null while another process holds it. */
export async function lockFolder(folder: string): Promise<FolderLock | null> {
  const real = realpathSync(folder);
  const hash = createHash("sha256").update(real).digest("hex").slice(0, 24);
  if (process.platform === "win32") return lockOf(await listen(`\\\\.\\pipe\\magpie-${hash}`));

  const elsewhere = { folder: tmpdir(), prefix: `magpie-${hash}` };
  // Linux reaches a folder with a long name through its descriptor.
  const fits = Buffer.byteLength(join(real, "server.12345678.sock")) <= longestAddress;
  if (!fits && process.platform !== "linux") return lockPlace(elsewhere);
  const descriptor = fits ? null : openSync(real, "r");
  const close = () => descriptor !== null && closeSync(descriptor);
  try {
    const place = { folder: fits ? real : `/proc/self/fd/${descriptor}`, prefix: "server" };
    const lock = await lockPlace(place);
    if (!lock) close();
    return lock && { release: () => lock.release().finally(close) };
  } catch (error) {
    close();
    if (!cannotHoldSockets.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return lockPlace(elsewhere);
  }
}

async function lockPlace(place: Place): Promise<FolderLock | null> {
  // Two at once may both have given way to the other; one that holds the lock answers every time.
  for (let tries = 4; tries > 0; tries -= 1) {
    const lock = await tryToLock(place);
    if (lock || tries === 1) return lock;
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 200));
  }
  return null;
}

async function tryToLock(place: Place): Promise<FolderLock | null> {
  const own = join(place.folder, `${place.prefix}.${randomUUID().slice(0, 8)}.sock`);
  const lock = lockOf(await listen(own));
  // One that looked between our name's appearance and our listening took it for a dead one's.
  if (!(await isAnotherAlive(place, basename(own))) && existsSync(own)) return lock;
  await lock?.release();
  return null;
}

/** Removes what killed processes have left. */
async function isAnotherAlive({ folder, prefix }: Place, own: string): Promise<boolean> {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${prefix}.`) || !name.endsWith(".sock") || name === own) continue;
    if (await answers(join(folder, name))) return true;
    rmSync(join(folder, name), { force: true });
  }
  return false;
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address, () => {
      socket.destroy();
      resolve(true);
    });
    // Any other failure, as too many waiting or no permission, is a sign of life.
    socket.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT"),
    );
  });
}

/** Null where the address is taken. */
function listen(address: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(null) : reject(error),
    );
    server.listen(address, () => resolve(server.unref()));
  });
}

/** Closing a server removes its socket. */
const lockOf = (server: Server | null): FolderLock | null =>
  server && { release: () => new Promise((resolve) => server.close(() => resolve())) };
