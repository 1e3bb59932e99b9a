/** What a picture without structure hashes to. No other picture can: a real hash has 32 bits set. */
export const NO_STRUCTURE = 0n;

/**
 * Copies of one picture (poorer, smaller, brighter, grey, cropped by 1 %) differ in at most 10 of the 64
 * bits, different pictures in 18 or more: tests/lib/perceptual-hash.test.ts measures both.
 */
export const NEAR_IDENTICAL_DISTANCE = 10;

const SIZE = 32;
const KEPT = 8;

/** DCT-II basis vectors 1 to 8, orthonormal; vector 0 (the mean brightness) says nothing about shape. */
const BASIS = Array.from({ length: KEPT }, (_, frequency) =>
  Float64Array.from(
    { length: SIZE },
    (_, x) =>
      Math.sqrt(2 / SIZE) * Math.cos(((2 * x + 1) * (frequency + 1) * Math.PI) / (2 * SIZE)),
  ),
);

/**
 * Coefficients below this are what rounding to 8 bits and JPEG noise leave of a flat surface; the
 * signs of such noise would make two copies of one plain picture look different.
 */
const SMALLEST_STRUCTURE = 6;

/**
 * The DCT hash of pHash: of the 32 x 32 cosine transform the 8 x 8 lowest frequencies without the
 * first row and column, each against their median. As the signed number PostgreSQL's `bigint` holds.
 * Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), section 3.2.1;
 * `ph_dct_imagehash` in https://github.com/aetilius/pHash.
 */
export function perceptualHash(grey32x32: Uint8Array): bigint {
  if (grey32x32.length !== SIZE * SIZE) throw new RangeError("Expected 32 x 32 grey pixels.");
  const coefficients = lowFrequencies(grey32x32);
  if (!coefficients.some((value) => Math.abs(value) >= SMALLEST_STRUCTURE)) return NO_STRUCTURE;

  const sorted = coefficients.toSorted();
  const median = ((sorted[31] ?? 0) + (sorted[32] ?? 0)) / 2;
  let hash = 0n;
  for (const value of coefficients) hash = (hash << 1n) | (value > median ? 1n : 0n);
  return BigInt.asIntN(64, hash);
}

/** The number of differing bits, 0 to 64; the sign bit is a bit like any other. */
export function hammingDistance(a: bigint, b: bigint): number {
  let difference = BigInt.asUintN(64, a ^ b);
  let distance = 0;
  for (; difference !== 0n; difference &= difference - 1n) distance++;
  return distance;
}

function lowFrequencies(grey: Uint8Array): Float64Array {
  const rows = new Float64Array(KEPT * SIZE);
  for (let y = 0; y < SIZE; y++) {
    const row = grey.subarray(y * SIZE, (y + 1) * SIZE);
    for (const [u, basis] of BASIS.entries()) rows[u * SIZE + y] = dot(row, basis);
  }
  const coefficients = new Float64Array(KEPT * KEPT);
  for (const [v, basis] of BASIS.entries()) {
    for (let u = 0; u < KEPT; u++) {
      coefficients[v * KEPT + u] = dot(rows.subarray(u * SIZE, (u + 1) * SIZE), basis);
    }
  }
  return coefficients;
}

function dot(values: Uint8Array | Float64Array, basis: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < SIZE; index++) sum += (values[index] ?? 0) * (basis[index] ?? 0);
  return sum;
}
