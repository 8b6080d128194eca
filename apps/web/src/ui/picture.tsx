import { useState } from 'react'
import { PICTURE, PICTURE_BOX, pictureSources } from './picture-sources.ts'

export interface PictureProps {
  /** Address of the picture, or a path of the API's server; null if there is none. */
  src: string | null | undefined
  alt: string
  /** Displayed width, as in the `sizes` of an image. */
  sizes?: string
  /** The most important picture of the screen: it loads first. All others load when they come into view. */
  first?: boolean
  className?: string
}

/** A square picture. Its space is reserved until it loads, and stays if it never does. */
export function Picture({ src, alt, sizes = '50vw', first = false, className = '' }: PictureProps) {
  const [broken, setBroken] = useState<string>()
  const shown = src && broken !== src ? src : undefined
  const sources = shown && pictureSources(shown, sizes)
  return (
    <div className={`${PICTURE_BOX} ${className}`}>
      {sources && (
        <img
          src={sources.src}
          srcSet={sources.srcset}
          sizes={sources.sizes}
          alt={alt}
          width={800}
          height={800}
          loading={first ? 'eager' : 'lazy'}
          fetchPriority={first ? 'high' : 'auto'}
          decoding="async"
          referrerPolicy="no-referrer"
          onError={() => setBroken(shown)}
          className={PICTURE}
        />
      )}
    </div>
  )
}
