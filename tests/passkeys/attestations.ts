import { createPrivateKey, sign } from "node:crypto";
import { cborBytes, cborInteger, cborList, cborMap } from "#tests/support/cbor.ts";
import { type Attest, pointOf } from "#tests/support/software-authenticator.ts";

// A key and its certificate, as a maker of authenticators has them; nobody trusts this one.
const makersCertificate =
  "MIIBdTCCARugAwIBAgIUDEayPTdWqysgpUI2sq+KgcvSwUswCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEVGVzdDAgFw0yNjExMjEwMzU2MzdaGA8yMTI2MTAyODAzNTYzN1owDzENMAsGA1UEAwwEVGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIIvCb2WeyXwZSSpNkUquXzhr4hXWXiuvgY92j6OuzAtfyixvvOYRNA43Xd+bEC/hMnNDOTlmERhDZNTBzE4GdujUzBRMB0GA1UdDgQWBBQYGwk0R8DPzbpyTHqF+BQOaiAqTTAfBgNVHSMEGDAWgBQYGwk0R8DPzbpyTHqF+BQOaiAqTTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCICYU5dDgcb5CJcO485bOU6Gc5Ea4uHNqtjXbvXhgzyLlAiEA4Y3L0npdww9DTi65jIgbPMXBElBK+5XhW99aBawzLTM=";
const makersKey = createPrivateKey({
  key: Buffer.from(
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxzLGNHGEnINZiNgm8D5l8LyhivmfYMBe8GDSUZlIU62hRANCAASCLwm9lnsl8GUkqTZFKrl84a+IV1l4rr4GPdo+jrswLX8osb7zmETQON13fmxAv4TJzQzk5ZhEYQ2TUwcxOBnb",
    "base64",
  ),
  format: "der",
  type: "pkcs8",
});

/** What some authenticators send although none is asked for: signed by the passkey itself. */
export const selfAttested: Attest = ({ authenticatorData, clientDataHash, privateKey }) => ({
  format: "packed",
  statement: cborMap([
    ["alg", cborInteger(-7)],
    [
      "sig",
      cborBytes(sign("sha256", Buffer.concat([authenticatorData, clientDataHash]), privateKey)),
    ],
  ]),
});

/** Everything in it is right, its certificate too (U2F). */
export const certified: Attest = (made) => {
  const signed = Buffer.concat([
    Buffer.from([0]),
    made.authenticatorData.subarray(0, 32),
    made.clientDataHash,
    made.credentialId,
    Buffer.from([4]),
    ...pointOf(made.publicKey),
  ]);
  return {
    format: "fido-u2f",
    statement: cborMap([
      ["sig", cborBytes(sign("sha256", signed, makersKey))],
      ["x5c", cborList([cborBytes(Buffer.from(makersCertificate, "base64"))])],
    ]),
  };
};

export const madeUp =
  (format: string, statement: Buffer): Attest =>
  () => ({ format, statement });
