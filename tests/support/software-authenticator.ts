import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** What a browser and an authenticator do together, with everything about it open to be wrong. */
export interface SoftwareAuthenticator {
  /** The browser's answer to options that ask for a new passkey, as the form sends it. */
  create(options: CreationOptions, wrongs?: Wrongs): string;
  /** Its answer to options that ask for a passkey: the one it made last. */
  get(options: RequestOptions, wrongs?: Wrongs): string;
  /** How often it has signed; some count, some stay at 0. */
  counter: number;
}

interface CreationOptions {
  challenge: string;
  rp: { id?: string };
  user: { id: string };
}

interface RequestOptions {
  challenge: string;
  rpId?: string;
}

export interface Wrongs {
  challenge?: string;
  origin?: string;
  rpId?: string;
  type?: string;
  isVerified?: boolean;
  isPresent?: boolean;
  id?: string;
  userHandle?: string | null;
  counter?: number;
  isBackedUp?: boolean;
  key?: KeyObject;
  /** The format of the attestation and its statement, in CBOR. */
  attestation?: { format: string; statement: Buffer };
}

/** @param origin of the page it is asked on */
export function createSoftwareAuthenticator(origin: string): SoftwareAuthenticator {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const credentialId = randomBytes(32);
  let userHandle = "";

  const clientData = (type: string, challenge: string, wrongs: Wrongs) =>
    Buffer.from(
      JSON.stringify({
        type: wrongs.type ?? type,
        challenge: wrongs.challenge ?? challenge,
        origin: wrongs.origin ?? origin,
        crossOrigin: false,
      }),
    );
  const authenticatorData = (rpId: string, wrongs: Wrongs, attested?: Buffer) => {
    const head = Buffer.alloc(5);
    head[0] =
      (wrongs.isPresent === false ? 0 : 0x01) |
      (wrongs.isVerified === false ? 0 : 0x04) |
      (wrongs.isBackedUp ? 0x18 : 0) |
      (attested ? 0x40 : 0);
    head.writeUInt32BE(wrongs.counter ?? self.counter, 1);
    return Buffer.concat([sha256(wrongs.rpId ?? rpId), head, attested ?? Buffer.alloc(0)]);
  };
  const answer = (wrongs: Wrongs, response: object) => {
    const id = wrongs.id ?? credentialId.toString("base64url");
    return JSON.stringify({ id, rawId: id, type: "public-key", response });
  };

  const self: SoftwareAuthenticator = {
    counter: 0,
    create({ challenge, rp, user }, wrongs = {}) {
      userHandle = user.id;
      const id = wrongs.id ? Buffer.from(wrongs.id, "base64url") : credentialId;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseKey(publicKey)]);
      const { format = "none", statement = cborMap(0) } = wrongs.attestation ?? {};
      const attestationObject = Buffer.concat([
        cborMap(3),
        ...[cborText("fmt"), cborText(format), cborText("attStmt"), statement],
        ...[cborText("authData"), cborBytes(authenticatorData(rp.id ?? "", wrongs, attested))],
      ]);
      return answer(wrongs, {
        clientDataJSON: clientData("webauthn.create", challenge, wrongs).toString("base64url"),
        attestationObject: attestationObject.toString("base64url"),
        transports: ["internal"],
      });
    },
    get({ challenge, rpId = "" }, wrongs = {}) {
      const client = clientData("webauthn.get", challenge, wrongs);
      const data = authenticatorData(rpId, wrongs);
      const signature = sign("sha256", Buffer.concat([data, sha256(client)]), {
        key: wrongs.key ?? privateKey,
      });
      return answer(wrongs, {
        clientDataJSON: client.toString("base64url"),
        authenticatorData: data.toString("base64url"),
        signature: signature.toString("base64url"),
        userHandle: wrongs.userHandle === undefined ? userHandle : wrongs.userHandle,
      });
    },
  };
  return self;
}

/** EC2 key of P-256 for ES256 (https://www.rfc-editor.org/rfc/rfc9053#section-7.1.1). */
function coseKey(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const point = (text: string) => cborBytes(Buffer.from(text, "base64url"));
  return Buffer.concat([
    cborMap(5),
    Buffer.from([0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    point(x),
    Buffer.from([0x22]),
    point(y),
  ]);
}

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest();
const cborHead = (major: number, length: number): Buffer => {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
};
const cborBytes = (bytes: Buffer) => Buffer.concat([cborHead(2, bytes.length), bytes]);
export const cborText = (text: string) =>
  Buffer.concat([cborHead(3, text.length), Buffer.from(text)]);
export const cborMap = (entries: number) => cborHead(5, entries);
