import { addressOf } from '../api/config.ts'

/** The attributes by which a browser chooses the size of a picture to load. */
export function pictureSources(src: string, sizes: string): { src: string; srcset?: string; sizes?: string } {
  // Our own pictures of products exist in widths of 800 and 400 pixels.
  const own = /^(\/pictures\/products\/.+)\.avif$/.exec(src)
  if (!own) return { src: addressOf(src) }
  return { src: addressOf(src), srcset: `${addressOf(`${own[1]}.w400.avif`)} 400w, ${addressOf(src)} 800w`, sizes }
}

/** Classes of a picture that fills a square. */
export const PICTURE_BOX = 'aspect-square overflow-hidden bg-sunken'
export const PICTURE = 'size-full object-cover'
