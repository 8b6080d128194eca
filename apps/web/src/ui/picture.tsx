import { useState } from 'react'
import { addressOf } from '../api/config.ts'

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
  return (
    <div className={`aspect-square overflow-hidden bg-sunken ${className}`}>
      {shown && (
        <img
          src={addressOf(shown)}
          srcSet={sourcesOf(shown)}
          sizes={sizes}
          alt={alt}
          width={800}
          height={800}
          loading={first ? 'eager' : 'lazy'}
          fetchPriority={first ? 'high' : 'auto'}
          decoding="async"
          onError={() => setBroken(shown)}
          className="size-full object-cover"
        />
      )}
    </div>
  )
}

/** Our own pictures of products exist 800 and 400 pixels wide. */
function sourcesOf(src: string): string | undefined {
  const own = /^(\/pictures\/products\/.+)\.avif$/.exec(src)
  return own ? `${addressOf(`${own[1]}.w400.avif`)} 400w, ${addressOf(src)} 800w` : undefined
}
