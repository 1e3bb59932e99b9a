/** As much of CBOR (RFC 8949) as authenticators speak, made by hand so that it can be made wrong. */
const head = (major: number, length: number): Buffer => {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
};

export const cborInteger = (value: number): Buffer =>
  value < 0 ? head(1, -1 - value) : head(0, value);
export const cborBytes = (bytes: Buffer): Buffer => Buffer.concat([head(2, bytes.length), bytes]);
export const cborText = (text: string): Buffer =>
  Buffer.concat([head(3, Buffer.byteLength(text)), Buffer.from(text)]);
export const cborList = (items: Buffer[]): Buffer =>
  Buffer.concat([head(4, items.length), ...items]);

/** Of encoded values by their keys. */
export const cborMap = (entries: [key: string | number, value: Buffer][]): Buffer =>
  Buffer.concat([
    head(5, entries.length),
    ...entries.flatMap(([key, value]) => [
      typeof key === "string" ? cborText(key) : cborInteger(key),
      value,
    ]),
  ]);
