// Makes "the address that was checked" and "the address that is connected to" the same thing, so
// that a name which resolves differently a moment later (DNS rebinding) gains nothing.

import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction, type Socket } from "node:net";
import { buildConnector } from "undici";

export class BlockedAddress extends Error {}

export interface ConnectorOptions {
  /** The decision about one address, an IP literal without brackets. */
  readonly permits: (address: string) => boolean;
  /**
   * Destroys the socket at any time. undici 8.12 minds a request's own signal only once the request
   * is on the wire, so a name that never resolves or a handshake that never ends would go on.
   */
  readonly signal: AbortSignal;
  readonly lookup?: LookupFunction | undefined;
  /** One more certificate authority than the system's, in PEM. */
  readonly ca?: string | undefined;
}

// Each of them is tried for a while in turn; a name with hundreds would make Magpie a port scanner.
const MAX_ADDRESSES = 8;

export function createCheckedConnector(options: ConnectorOptions): buildConnector.connector {
  const { permits, signal, ca } = options;
  const connect = buildConnector({
    lookup: createFilteredLookup(options.lookup ?? systemLookup, permits),
    signal,
    allowH2: false,
    maxCachedSessions: 0,
    timeout: 0,
    keepAlive: false,
    autoSelectFamily: true,
    // Said aloud so that NODE_TLS_REJECT_UNAUTHORIZED=0 in somebody's environment cannot undo it.
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
  });

  return (target, callback) => {
    const hostname = target.hostname.replace(/^\[(.*)\]$/, "$1");
    // Neither net.connect nor undici calls `lookup` for an IP literal.
    if (isIP(hostname) !== 0 && !permits(hostname)) {
      callback(new BlockedAddress(`${hostname} is not allowed`), null);
      return;
    }
    connect({ ...target, hostname }, (error, socket) => {
      if (error) callback(error, null);
      else passChecked(socket, permits, callback);
    });
  };
}

function passChecked(
  socket: Socket,
  permits: ConnectorOptions["permits"],
  callback: buildConnector.Callback,
): void {
  if (socket.remoteAddress !== undefined && permits(socket.remoteAddress)) {
    callback(null, socket);
    return;
  }
  socket.destroy();
  callback(new BlockedAddress(`connected to ${socket.remoteAddress}, not allowed`), null);
}

/**
 * Asks for every address and hands on the permitted ones. Node's `net` asks with `all: true` when
 * it chooses the family itself and for a single address otherwise, and a lookup may answer in
 * either shape: both directions are handled.
 */
export function createFilteredLookup(
  lookup: LookupFunction,
  permits: (address: string) => boolean,
): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, answer, family) => {
      if (error) {
        callback(error, []);
        return;
      }
      const found: LookupAddress[] =
        typeof answer === "string" ? [{ address: answer, family: family ?? isIP(answer) }] : answer;
      const permitted = found.filter(({ address }) => permits(address)).slice(0, MAX_ADDRESSES);
      const [first] = permitted;
      if (!first) {
        const addresses = found.map(({ address }) => address).join(", ");
        callback(new BlockedAddress(`${hostname} resolves to ${addresses}, not allowed`), []);
      } else if (options.all) callback(null, permitted);
      else callback(null, first.address, first.family);
    });
  };
}
