import { useState } from 'react'
import { addressOf, isPictureAddress } from '../api/config.ts'

const DEFAULT_AVATAR = `${import.meta.env.BASE_URL}illustrations/default-avatar.svg`

export interface AvatarProps {
  /** The member's text for the picture's address: any text. */
  src: string | null | undefined
  /** The member's name if no text beside it says it; empty for decoration. */
  alt?: string
  /** Pixels. */
  size?: number
  className?: string
}

/** A member's picture; a drawing replaces one that is missing, has an invalid address or cannot be loaded. */
export function Avatar({ src, alt = '', size = 40, className = '' }: AvatarProps) {
  const [broken, setBroken] = useState<string>()
  const wanted = src && isPictureAddress(src) && broken !== src ? addressOf(src) : DEFAULT_AVATAR
  return (
    <img
      src={wanted}
      alt={alt}
      width={size}
      height={size}
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      onError={() => wanted !== DEFAULT_AVATAR && setBroken(src ?? undefined)}
      className={`shrink-0 rounded-full bg-sunken object-cover ${className}`}
      style={{ width: size, height: size }}
    />
  )
}
