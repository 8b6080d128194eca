import { useState } from 'react'
import { addressOf, isPictureAddress } from '../../api/config.ts'

const NOBODY = `${import.meta.env.BASE_URL}illustrations/default-avatar.svg`

export interface MemberPictureProps {
  /** What the member has written as the address of a picture: any text. */
  src: string | null | undefined
  /** Pixels. */
  size: number
  className?: string
}

/** A member's picture beside their name. The address stays as it was written, also when nothing is to be seen there. */
export function MemberPicture({ src, size, className = '' }: MemberPictureProps) {
  const [broken, setBroken] = useState<string>()
  const shown = src && isPictureAddress(src) ? addressOf(src) : NOBODY
  const stand = broken === shown && { objectPosition: `-${size * 2}px`, background: `center/cover url("${NOBODY}")` }
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
