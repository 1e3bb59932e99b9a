import { isIP } from "node:net";
import { describe, expect, test } from "vitest";
import {
  hostOf,
  isPublicAddress,
  mayConnect,
  parseFetchAllow,
  refuseUrl,
} from "#platform/address-rules.ts";

const NONE = parseFetchAllow("");

/** What happens to an address that a stranger typed, as far as no lookup is needed. */
function verdict(address: string, allow = NONE): "refused" | "literal" | "name" {
  const url = URL.parse(address);
  if (!url || refuseUrl(url, allow) !== null) return "refused";
  const host = hostOf(url);
  if (isIP(host) === 0) return "name";
  return mayConnect(url, host, allow) ? "literal" : "refused";
}

describe("addresses", () => {
  test.each(
    `0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254
     168.63.129.16 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192
     192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.175.48.1 198.18.0.1
     198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
     :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:8.8.8.8 64:ff9b::8.8.8.8
     64:ff9b:1::8.8.8.8 100::1 2001::1 2001:0:53aa:64c:0:0:80ff:fffe 2001:2::1 2001:3::1
     2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 2001:1ff:ffff::1 2001:db8::1 2002:7f00:1::
     2002:808:808::1 2620:4f:8000::1 3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0
     fe80::1%a.b fec0::1 ff02::1 ff0e::1 1:2:3:4:5:6:7:8 1.2.3 1.2.3.4.5 localhost [::1]`.split(
      /\s+/,
    ),
  )("%s is not public", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(
    `1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255
     128.0.0.0 168.63.129.15 168.63.129.17 169.253.255.255 172.15.255.255 172.32.0.0 192.0.1.0
     198.17.255.255 198.20.0.0 223.255.255.255 2001:200::1 2001:4860:4860::8888 2606:4700::1111
     2620:4f:8001::1 2a00:1450:4001:80b::200e 2003::1 3ffe::1`.split(/\s+/),
  )("%s is public", (address) => {
    expect(isPublicAddress(address)).toBe(true);
    expect(verdict(`http://${isIP(address) === 6 ? `[${address}]` : address}/a.png`)).toBe(
      "literal",
    );
  });
});

describe("what a stranger may write", () => {
  test.each([
    ...`http://127.0.0.1/ http://127.0.0.1./ http://127.0.0.1../ http://127.1/ http://127.0.1/
     http://2130706433/ http://017700000001/ http://0x7f000001/ http://0x7f.1/ http://0177.0.0.01/
     http://0x7f.0x0.0x0.0x1/ http://127.0x0.0.01/ http://0/ http://0x/ http://00000000177.1/
     http://１２７.0.0.1/ http://①②⑦.0.0.1/ http://127。0。0。1/ http://127．0｡0．1/
     http://%31%32%37.0.0.1/ http://%EF%BC%91%EF%BC%92%EF%BC%97.1/ http:127.0.0.1 http://[::1]/
     http://[::]/ http://[0:0:0:0:0:0:0:1]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/
     http://[::127.0.0.1]/ http://[2002:7f00:1::]/ http://[64:ff9b::7f00:1]/ http://[fe80::1]/
     http://[fd00:ec2::254]/ http://169.254.169.254/latest/meta-data/ http://0xa9fea9fe/
     http://2852039166/ http://168.63.129.16/ http://0xa83f8110/ http://localhost/
     http://localhost./ http://localhost../ http://LOCALHOST/ http://ⓛocalhost/
     http://loc%61lhost/ http://intranet/ http://a.localhost/ http://a.localhost./
     http://printer.local/ http://PRINTER.LOCAL./ http://metadata.google.internal/ http://x.onion/
     http://.example.com/ http://a..example.com/ http://a.example..com/ http://a!b.example/
     http://a,b.example/ http://user@a.example/ http://:secret@a.example/
     http://a.example@127.0.0.1/ http://a.example:8080/ http://a.example:22/
     https://a.example:8443/ http://a.example:0/ ftp://a.example/ file:///etc/passwd
     data:image/png;base64,AA javascript:1 blob:http://a.example/1 gopher://a.example/
     //a.example/ a.example http://`.split(/\s+/),
    "http://12\t7.0.\n0.1/",
    "http:/\\127.0.0.1/",
    `http://${"a.".repeat(130)}example/`,
    "",
    `http://a.example/${"x".repeat(2048)}`,
    `http://a.example/${"é".repeat(400)}`,
  ])("%s is refused", (address) => {
    expect(verdict(address)).toBe("refused");
  });

  test.each(
    `http://a.example/ https://a.example/x?y#z http://a.example:80/ http://a.example:443/
     https://a.example:80/ http://a_b.example/ http://bücher.example/ http://A.Example./
     http://local.example/ http://127.0.0.1.example/`.split(/\s+/),
  )("%s may be looked up", (address) => {
    expect(verdict(address)).toBe("name");
  });

  test("a name is only as good as its address", () => {
    const url = new URL("http://a.example/");
    expect(mayConnect(url, "8.8.8.8", NONE)).toBe(true);
    for (const address of ["127.0.0.1", "::1", "::ffff:8.8.8.8", "not an address", ""]) {
      expect(mayConnect(url, address, NONE)).toBe(false);
    }
  });
});

test("no writing of a private address passes (seeded)", () => {
  let seed = 20261120;
  const random = (below: number) => {
    // mulberry32: any small generator will do, as long as a failure can be repeated.
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const byte = () => random(256);
  const privateBytes = (): number[] =>
    pick<() => number[]>([
      () => [127, byte(), byte(), byte()],
      () => [10, byte(), byte(), byte()],
      () => [172, 16 + random(16), byte(), byte()],
      () => [192, 168, byte(), byte()],
      () => [169, 254, byte(), byte()],
      () => [100, 64 + random(64), byte(), byte()],
      () => [0, byte(), byte(), byte()],
      () => [198, 18 + random(2), byte(), byte()],
      () => [224 + random(32), byte(), byte(), byte()],
      () => [168, 63, 129, 16],
    ])();
  const number = (n: number) =>
    pick([
      String(n),
      `0x${n.toString(16)}`,
      `0X${n.toString(16).toUpperCase()}`,
      `0${n.toString(8)}`,
      `0x000${n.toString(16)}`,
    ]);
  const disguise = (text: string) =>
    [...text]
      .map((char) => {
        const code = char.charCodeAt(0);
        const kind = random(12);
        if (kind === 0) return `%${code.toString(16)}`;
        if (kind === 1) return String.fromCharCode(code + 0xfee0);
        if (kind === 2 && char === ".") return pick(["。", "｡", "．"]);
        if (kind === 3 && char >= "1" && char <= "9")
          return String.fromCodePoint(0x2460 + Number(char) - 1);
        if (kind === 4 && char >= "0" && char <= "9")
          return String.fromCodePoint(0x1d7ce + Number(char));
        return char;
      })
      .join("");
  const hex = (high: number, low: number) => ((high << 8) | low).toString(16);
  const write = (bytes: number[]): string => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes;
    const pair = `${hex(a, b)}:${hex(c, d)}`;
    const dotted = bytes.join(".");
    const v4 = pick([
      [a, b, c, d],
      [a, b, (c << 8) | d],
      [a, (b << 16) | (c << 8) | d],
      [((a << 24) | (b << 16) | (c << 8) | d) >>> 0],
    ]);
    return random(3) > 0
      ? disguise(v4.map(number).join(".")) + pick(["", "", ".", ".."])
      : pick([
          `[::ffff:${dotted}]`,
          `[::ffff:${pair}]`,
          `[::${dotted}]`,
          `[::${pair}]`,
          `[0:0:0:0:0:FFFF:${pair}]`,
          `[64:ff9b::${dotted}]`,
          `[64:ff9b:1::${pair}]`,
          `[2002:${pair}::1]`,
          `[2001:0:${pair}::1]`,
          `[::ffff:0:${pair}]`,
          `[fe80::${pair}]`,
          `[fd00::${pair}]`,
          `[FF02::${pair}]`,
        ]);
  };
  let literals = 0;
  for (let round = 0; round < 3000; round += 1) {
    const address = `${pick(["http", "https", "HTTP"])}:${pick(["//", "//", "\\\\", "/", "///"])}${write(privateBytes())}${pick(["", "/", "/a.png", ":80/", ":443"])}`;
    const url = URL.parse(address);
    if (url && isIP(hostOf(url)) !== 0) literals += 1;
    expect(verdict(address), address).toBe("refused");
  }
  expect(literals).toBeGreaterThan(2000);
});

describe("FETCH_ALLOW", () => {
  const allows = (setting: string, address: string, resolved?: string) => {
    const allow = parseFetchAllow(setting);
    const url = new URL(address);
    return refuseUrl(url, allow) === null && mayConnect(url, resolved ?? hostOf(url), allow);
  };

  test("host:port allows exactly that name or address with that port", () => {
    const setting =
      " 127.0.0.1:8081 ,localhost:9000, Intranet:80,[::1]:8080,, nas.local:443,bücher.example:81";
    expect(allows(setting, "http://127.0.0.1:8081/")).toBe(true);
    expect(allows(setting, "https://0x7f.1:8081/")).toBe(true);
    expect(allows(setting, "http://127.0.0.1/")).toBe(false);
    expect(allows(setting, "http://127.0.0.1:8082/")).toBe(false);
    expect(allows(setting, "http://127.0.0.2:8081/")).toBe(false);
    expect(allows(setting, "http://localhost:8081/", "127.0.0.1")).toBe(false);
    expect(allows(setting, "http://localhost:9000/", "127.0.0.1")).toBe(true);
    expect(allows(setting, "http://localhost.:9000/", "::1")).toBe(true);
    expect(allows(setting, "http://localhost:9000/", "junk")).toBe(false);
    expect(allows(setting, "http://intranet/", "10.0.0.7")).toBe(true);
    expect(allows(setting, "https://intranet/", "10.0.0.7")).toBe(false);
    expect(allows(setting, "http://[0:0::1]:8080/")).toBe(true);
    expect(allows(setting, "https://nas.local/", "192.168.1.2")).toBe(true);
    expect(allows(setting, "http://xn--bcher-kva.example:81/", "10.0.0.1")).toBe(true);
    expect(allows(setting, "http://a.example/", "10.0.0.7")).toBe(false);
    expect(allows(setting, "ftp://127.0.0.1:8081/")).toBe(false);
    expect(allows(setting, "http://me@127.0.0.1:8081/")).toBe(false);
  });

  test("a range allows every port and name for the addresses in it, and lifts nothing else", () => {
    const setting = "10.0.0.0/8,fd00::/8,127.0.0.1/32";
    expect(allows(setting, "http://10.1.2.3/")).toBe(true);
    expect(allows(setting, "http://10.1.2.3:8080/")).toBe(true);
    expect(allows(setting, "http://[fd12::1]:8080/")).toBe(true);
    expect(allows(setting, "http://localhost:34567/", "127.0.0.1")).toBe(true);
    expect(allows(setting, "http://nas.local/", "10.0.0.5")).toBe(true);
    expect(allows(setting, "http://11.1.2.3:8080/")).toBe(false);
    expect(allows(setting, "http://11.1.2.3/")).toBe(true);
    expect(allows(setting, "http://127.0.0.2/")).toBe(false);
    expect(allows(setting, "http://localhost/", "127.0.0.2")).toBe(false);
    expect(allows(setting, "http://localhost/", "8.8.8.8")).toBe(false);
    expect(allows(setting, "http://a.example:8080/", "8.8.8.8")).toBe(false);
    expect(allows(setting, "http://[::ffff:10.1.2.3]/")).toBe(false);
    expect(allows(setting, "http://nas/", "fe80::1%eth0.100")).toBe(false);
    expect(allows(setting, "http://me@10.1.2.3/")).toBe(false);
  });

  test.each([
    ...`10.0.0.1 intranet 10.0.0.0/33 fd00::/129 10.0.0.0/ 10/8 a.example/8 10.0.0.0/8/8 a:0 a:65536
     a:-1 a:b ::1:8080 [::1] [zz]:80 http://a:80 a:80/x me@a:80 *:80 127.0.0.1:8081;x:1`.split(
      /\s+/,
    ),
    "a b:80",
  ])("%s is a wrong entry, and named", (entry) => {
    expect(() => parseFetchAllow(`localhost:1,${entry}`)).toThrow(
      `FETCH_ALLOW has an entry "${entry}"`,
    );
  });

  test("nothing and lists are fine", () => {
    expect(parseFetchAllow(" , ")).toEqual([]);
    expect(parseFetchAllow(["a.example:81", "10.0.0.0/8"])).toHaveLength(2);
  });
});
