import { createLink, type LinkComponent } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, Ref } from 'react'
import { LoaderCircle } from './icons.ts'

export type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger'

const SHAPE =
  'inline-flex items-center justify-center gap-2 rounded-full font-semibold transition-colors select-none ' +
  'disabled:opacity-60 aria-disabled:opacity-60'
const SIZES = {
  medium: 'min-h-11 px-5 text-[0.95rem]',
  large: 'min-h-13 px-7 text-base',
  small: 'min-h-9 px-3.5 text-sm',
}
const LOOKS: Record<ButtonLook, string> = {
  primary: 'bg-brand text-on-brand hover:bg-brand-hover',
  secondary: 'border border-field-line bg-surface text-ink hover:bg-sunken',
  quiet: 'text-ink hover:bg-sunken',
  danger: 'border border-alert bg-surface text-alert hover:bg-alert-soft',
}

interface Look {
  look?: ButtonLook
  size?: keyof typeof SIZES
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, Look {
  /** Shows that this button's work is in progress, and disables it meanwhile. */
  busy?: boolean
  ref?: Ref<HTMLButtonElement>
}

export function Button({ look, size, busy = false, className, children, disabled, type, ...rest }: ButtonProps) {
  return (
    <button
      type={type ?? 'button'}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={buttonClass({ look, size }, className)}
      {...rest}
    >
      {busy && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
      {children}
    </button>
  )
}

/** The classes of a button, for other elements that look like one. */
export function buttonClass({ look = 'primary', size = 'medium' }: Look, more = ''): string {
  return `${SHAPE} ${SIZES[size]} ${LOOKS[look]} ${more}`
}

interface PlainLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement>, Look {
  ref?: Ref<HTMLAnchorElement>
}

function PlainLink({ look, size, className, children, ...rest }: PlainLinkProps) {
  return (
    <a className={buttonClass({ look, size }, className)} {...rest}>
      {children}
    </a>
  )
}

/** A link to another screen that looks like a button. */
export const ButtonLink: LinkComponent<typeof PlainLink> = createLink(PlainLink)
