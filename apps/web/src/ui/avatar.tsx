import { useState } from 'react'
import { addressOf, isPictureAddress } from '../api/config.ts'

const NOBODY = `${import.meta.env.BASE_URL}illustrations/default-avatar.svg`

export interface AvatarProps {
  /** What the member has written as the address of a picture: any text. */
  src: string | null | undefined
  /** The member's name where no text beside it says it; empty for decoration. */
  alt?: string
  /** Pixels. */
  size?: number
  className?: string
}

/** A member's picture; a drawing stands in for what is missing, is no address of a picture or cannot be loaded. */
export function Avatar({ src, alt = '', size = 40, className = '' }: AvatarProps) {
  const [broken, setBroken] = useState<string>()
  const wanted = src && isPictureAddress(src) && broken !== src ? addressOf(src) : NOBODY
  return (
    <img
      src={wanted}
      alt={alt}
      width={size}
      height={size}
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      onError={() => wanted !== NOBODY && setBroken(src ?? undefined)}
      className={`shrink-0 rounded-full bg-sunken object-cover ${className}`}
      style={{ width: size, height: size }}
    />
  )
}
