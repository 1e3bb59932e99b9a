// Which addresses the fetcher may touch. Strangers choose the address and this server sits
// inside somebody's network, so only what is known to be public passes (no deny-list): routers,
// databases, cloud metadata and Magpie itself are out of reach, however the address is written.

import { isIP, isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";

/** What FETCH_ALLOW names: one host with one port, or every port of the addresses in a range. */
export type FetchAllow = readonly FetchAllowEntry[];
export type FetchAllowEntry =
  | { readonly host: string; readonly port: number }
  | { readonly network: ipaddr.IPv4 | ipaddr.IPv6; readonly prefix: number };

export const MAX_URL_LENGTH = 2048;

const HIDDEN_SUFFIXES = [".local", ".internal", ".localhost", ".onion"];
// WHATWG lets odd characters and empty labels through ("127.0.0.1.." stays a name).
const HOST_NAME = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?$/;

const IPV6_GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");
// ipaddr.js 2.5 calls most of these something other than "unicast" already. They are named
// again because each of them embeds, or may be routed to, an IPv4 or other internal address.
const IPV6_REFUSED = ["2001::/23", "2002::/16", "2620:4f:8000::/48"].map((range) =>
  ipaddr.IPv6.parseCIDR(range),
);
// Azure's platform service answers on this public-looking address from inside any machine there.
const AZURE_PLATFORM = "168.63.129.16";

/** True for an address literal (no brackets, no name) that anybody on the internet may reach. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) {
    const parsed = ipaddr.IPv4.parse(address);
    return parsed.range() === "unicast" && parsed.toString() !== AZURE_PLATFORM;
  }
  // Mapped, compatible and NAT64 addresses (::ffff:0:0/96, ::/96, 64:ff9b::/96, 64:ff9b:1::/48)
  // lie outside 2000::/3, so ipaddr.process(), which would unwrap them, is not called.
  if (isIP(address) !== 6 || !ipaddr.IPv6.isValid(address)) return false;
  const parsed = ipaddr.IPv6.parse(address);
  return (
    parsed.range() === "unicast" &&
    parsed.match(IPV6_GLOBAL_UNICAST) &&
    !IPV6_REFUSED.some((range) => parsed.match(range))
  );
}

/**
 * Says why this address can never be fetched, or null when it may be, as far as the text tells:
 * a name's addresses are still to be checked with `mayConnect`.
 */
export function refuseUrl(url: URL, allow: FetchAllow): string | null {
  if (url.protocol !== "http:" && url.protocol !== "https:") return "not http or https";
  if (url.href.length > MAX_URL_LENGTH) return "too long";
  if (url.username !== "" || url.password !== "") return "carries a user name or password";
  const host = hostOf(url);
  if (isIP(host) === 0 && !isHostName(host)) return "odd host name";
  // A range in FETCH_ALLOW may hold this name's address; only the lookup can tell.
  if (namedByAllow(url, allow) || allow.some((entry) => "network" in entry)) return null;
  if (!isDefaultPort(url)) return "port other than 80 and 443";
  if (isIP(host) === 0 && !isPublicName(host)) return "host name of a private network";
  return null;
}

/**
 * The one decision about `address` as the place to connect to for `url`. FETCH_ALLOW's host:port
 * lifts every rule for exactly that host and port; its ranges lift the rules about address, port
 * and host name for the addresses inside them.
 */
export function mayConnect(url: URL, address: string, allow: FetchAllow): boolean {
  if (isIP(address) === 0) return false;
  if (namedByAllow(url, allow) || inAllowedNetwork(address, allow)) return true;
  const host = hostOf(url);
  return isPublicAddress(address) && isDefaultPort(url) && (isIP(host) !== 0 || isPublicName(host));
}

/** The host without the brackets of an IPv6 literal. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

/** Reads FETCH_ALLOW. Throws an Error whose message is one sentence naming the wrong entry. */
export function parseFetchAllow(entries: string | readonly string[]): FetchAllow {
  const list = typeof entries === "string" ? entries.split(",") : entries;
  return list
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map((entry) => {
      const parsed = parseNetwork(entry) ?? parseHostAndPort(entry);
      if (parsed) return parsed;
      throw new Error(
        `FETCH_ALLOW has an entry "${entry}" that is neither host:port (nas.example:8080, [::1]:80) nor a range such as 10.0.0.0/8.`,
      );
    });
}

function parseNetwork(entry: string): FetchAllowEntry | null {
  const [address = "", prefix = ""] = entry.split(/\/(?=\d{1,3}$)/);
  const version = isIP(address);
  if (version === 0 || prefix === "" || Number(prefix) > (version === 4 ? 32 : 128)) return null;
  return { network: ipaddr.parse(address), prefix: Number(prefix) };
}

function parseHostAndPort(entry: string): FetchAllowEntry | null {
  const [, host, digits] = /^(\[[0-9a-f:.]+\]|[^\s:/?#@\\[\]%]+):(\d{1,5})$/i.exec(entry) ?? [];
  const port = Number(digits);
  const url = URL.parse(`http://${host}/`);
  if (host === undefined || !url || port < 1 || port > 65535) return null;
  const name = hostOf(url);
  return isIP(name) !== 0 || isHostName(name) ? { host: withoutFinalDot(name), port } : null;
}

function namedByAllow(url: URL, allow: FetchAllow): boolean {
  const host = withoutFinalDot(hostOf(url));
  return allow.some(
    (entry) => "host" in entry && entry.host === host && entry.port === portOf(url),
  );
}

function inAllowedNetwork(address: string, allow: FetchAllow): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return allow.some(
    (entry) =>
      "network" in entry &&
      entry.network.kind() === parsed.kind() &&
      parsed.match(entry.network, entry.prefix),
  );
}

function isHostName(host: string): boolean {
  return host.length <= 254 && HOST_NAME.test(host);
}

function isPublicName(host: string): boolean {
  const name = withoutFinalDot(host);
  return name.includes(".") && !HIDDEN_SUFFIXES.some((suffix) => name.endsWith(suffix));
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

function isDefaultPort(url: URL): boolean {
  return portOf(url) === 80 || portOf(url) === 443;
}

function withoutFinalDot(host: string): string {
  return host.replace(/\.$/, "");
}
