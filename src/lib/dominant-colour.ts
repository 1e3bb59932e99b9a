interface Bin {
  count: number;
  red: number;
  green: number;
  blue: number;
}

/**
 * The mean of the fullest of 512 colour bins, as `#rrggbb`: a colour that is in the picture, where the
 * mean of all pixels would be mud. White when nothing is opaque. `rgba` holds 4 bytes a pixel.
 */
export function dominantColour(rgba: Uint8Array): string {
  const bins = new Map<number, Bin>();
  let fullest: Bin = { count: 0, red: 255, green: 255, blue: 255 };
  for (let offset = 0; offset < rgba.length; offset += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = rgba.subarray(offset, offset + 4);
    if (alpha < 128) continue;
    const key = ((red >> 5) << 6) | ((green >> 5) << 3) | (blue >> 5);
    const bin = bins.get(key) ?? { count: 0, red: 0, green: 0, blue: 0 };
    bins.set(key, bin);
    bin.count++;
    bin.red += red;
    bin.green += green;
    bin.blue += blue;
    if (bin.count > fullest.count) fullest = bin;
  }
  const { count, red, green, blue } = fullest;
  const hex = [red, green, blue].map((total) => Math.round(total / Math.max(1, count)));
  return `#${hex.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
