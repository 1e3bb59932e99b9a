export const thumbnailWidths = [320, 640, 1280] as const;
export type ThumbnailWidth = (typeof thumbnailWidths)[number];

/** In pixels. */
interface Dimensions {
  width: number;
  height: number;
}

const tallestWebp = 16_383; // https://developers.google.com/speed/webp/faq

/** The thumbnails a picture gets: a size is made only when the one before does not show all there is. */
export function thumbnailSizes(image: Dimensions): (Dimensions & { nominal: ThumbnailWidth })[] {
  const sizes = thumbnailWidths.map((nominal) => ({ nominal, ...shrink(image, nominal) }));
  return sizes.filter(({ width, height }, index) => {
    const smaller = sizes[index - 1];
    return !smaller || width > smaller.width || height > smaller.height;
  });
}

/** Never enlarged, at least one pixel on each side, and at most what WebP can hold. */
export function shrink({ width, height }: Dimensions, maxWidth: number): Dimensions {
  const scale = Math.min(1, maxWidth / width, tallestWebp / height);
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}
