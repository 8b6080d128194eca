import { useState } from 'react'
import { addressOf, isPictureAddress } from '../../api/config.ts'

const DEFAULT_AVATAR = `${import.meta.env.BASE_URL}illustrations/default-avatar.svg`

export interface MemberPictureProps {
  /** The member's text for the picture's address: any text. */
  src: string | null | undefined
  /** Pixels. */
  size: number
  className?: string
}

/** A member's picture beside their name. The address stays as written, even if it shows no picture. */
export function MemberPicture({ src, size, className = '' }: MemberPictureProps) {
  const [broken, setBroken] = useState<string>()
  const shown = src && isPictureAddress(src) ? addressOf(src) : DEFAULT_AVATAR
  const stand = broken === shown && {
    objectPosition: `-${size * 2}px`,
    background: `center/cover url("${DEFAULT_AVATAR}")`,
  }
  return (
    <img
      src={shown}
      alt=""
      width={size}
      height={size}
      decoding="async"
      referrerPolicy="no-referrer"
      onError={() => setBroken(shown)}
      className={`shrink-0 rounded-full bg-sunken object-cover ${className}`}
      style={{ width: size, height: size, ...stand }}
    />
  )
}
