import { useState } from 'react'
import { PICTURE, PICTURE_BOX, pictureSources } from './picture-sources.ts'

export interface PictureProps {
  /** Address of the picture, or a path of the API's server; null when there is none. */
  src: string | null | undefined
  alt: string
  /** How wide it is shown, as in the `sizes` of an image. */
  sizes?: string
  /** The most important picture of the screen: loaded first. All others wait until they come into view. */
  first?: boolean
  className?: string
}

/** A square picture. Its place is kept until it is there, and stays when it never comes. */
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
