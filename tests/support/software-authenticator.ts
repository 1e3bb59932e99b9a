import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { cborBytes, cborInteger, cborMap, cborText } from "#tests/support/cbor.ts";

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
  attest?: Attest;
}

/** What an authenticator says of itself about a passkey: a format, and a statement in CBOR. */
export type Attest = (made: {
  authenticatorData: Buffer;
  clientDataHash: Buffer;
  credentialId: Buffer;
  publicKey: KeyObject;
  privateKey: KeyObject;
}) => { format: string; statement: Buffer };

const attestNothing: Attest = () => ({ format: "none", statement: cborMap([]) });

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
      const id = wrongs.id === undefined ? credentialId : Buffer.from(wrongs.id, "base64url");
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseKey(publicKey)]);
      const client = clientData("webauthn.create", challenge, wrongs);
      const data = authenticatorData(rp.id ?? "", wrongs, attested);
      const { attest = attestNothing } = wrongs;
      const { format, statement } = attest({
        authenticatorData: data,
        clientDataHash: sha256(client),
        credentialId: id,
        publicKey,
        privateKey,
      });
      const attestationObject = cborMap([
        ["fmt", cborText(format)],
        ["attStmt", statement],
        ["authData", cborBytes(data)],
      ]);
      return answer(wrongs, {
        clientDataJSON: client.toString("base64url"),
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
  const [x, y] = pointOf(key);
  return cborMap([
    [1, cborInteger(2)],
    [3, cborInteger(-7)],
    [-1, cborInteger(1)],
    [-2, cborBytes(x)],
    [-3, cborBytes(y)],
  ]);
}

/** Where on its curve a key is. */
export function pointOf(key: KeyObject): [x: Buffer, y: Buffer] {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return [Buffer.from(x, "base64url"), Buffer.from(y, "base64url")];
}

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest();
