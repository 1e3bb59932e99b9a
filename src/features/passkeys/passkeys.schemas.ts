import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { z } from "zod";
import { Invalid } from "#lib/errors.ts";

const base64url = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/);

/** At most 1,023 bytes (https://www.w3.org/TR/webauthn-3/#credential-id). */
const credentialId = base64url(1364);

const transports = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"];

const assertionSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: base64url(5000),
    authenticatorData: base64url(5000),
    signature: base64url(5000),
    userHandle: base64url(86).nullish(),
  }),
});

const attestationSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: base64url(5000),
    attestationObject: base64url(10_000),
    transports: z
      .array(z.string())
      .transform((named) => transports.filter((transport) => named.includes(transport)))
      .catch([]),
  }),
});

/** A browser's answer, and the challenge it says it answers. */
export interface Answer<Credential> {
  credential: Credential;
  challenge: string;
}

/** @throws Invalid for `credential` */
export function parseAssertion(text: unknown): Answer<AuthenticationResponseJSON> {
  const { response, ...credential } = parseCredential(assertionSchema, text);
  const { userHandle, ...signed } = response;
  return {
    credential: {
      ...credential,
      clientExtensionResults: {},
      response: { ...signed, ...(userHandle ? { userHandle } : {}) },
    },
    challenge: challengeIn(response.clientDataJSON),
  };
}

/** @throws Invalid for `credential` */
export function parseAttestation(text: unknown): Answer<RegistrationResponseJSON> {
  const credential = parseCredential(attestationSchema, text);
  return {
    credential: { ...credential, clientExtensionResults: {} },
    challenge: challengeIn(credential.response.clientDataJSON),
  };
}

const unreadable = (cause?: unknown) =>
  new Invalid({ credential: "This answer of your browser cannot be read. Try again." }, "invalid", {
    cause,
  });

function parseCredential<Schema extends z.ZodType>(schema: Schema, text: unknown) {
  const result = schema.safeParse(parseJson(text));
  if (!result.success) throw unreadable(result.error);
  return result.data;
}

const clientDataSchema = z.object({ challenge: z.string().max(200) });

function challengeIn(clientDataJSON: string): string {
  const text = Buffer.from(clientDataJSON, "base64url").toString("utf8");
  return parseCredential(clientDataSchema, text).challenge;
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch (cause) {
    throw unreadable(cause);
  }
}

export const PasskeyNameSchema = z.object({
  name: z
    .string("Enter a name.")
    .trim()
    .min(1, "Enter a name.")
    .max(100, "Use at most 100 characters.")
    .regex(/^\P{Cc}*$/u, "Leave out line breaks and control characters."),
});
