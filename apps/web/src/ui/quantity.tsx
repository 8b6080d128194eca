import { NumberField } from '@base-ui/react/number-field'
import { useEffect, useState } from 'react'
import { useMessages } from '../language/language.ts'
import { Minus, Plus } from './icons.ts'
import { uiMessages } from './messages.ts'

export interface QuantityProps {
  value: number
  /** Called when the user has decided: after a press of a button, or when the number field loses focus. */
  onChange: (quantity: number) => void
  max: number
  disabled?: boolean
  /** The name of the counted thing, for screen readers. */
  of: string
}

const STEP = 'grid size-11 place-items-center rounded-full hover:bg-sunken disabled:opacity-40'

export function Quantity({ value, onChange, max, disabled, of }: QuantityProps) {
  const t = useMessages(uiMessages)
  const most = Math.max(1, max)
  const [shown, setShown] = useState<number | null>(value)
  /** The typed number exceeds the maximum. */
  const [limited, setLimited] = useState(false)
  useEffect(() => setShown(value), [value])
  const decide = (wanted: number | null) => {
    if (wanted === null) return setShown(value)
    const next = Math.min(Math.max(1, wanted), most)
    setLimited(wanted > most)
    setShown(next)
    if (next !== value) onChange(next)
  }
  return (
    <div>
      <NumberField.Root
        value={shown}
        min={1}
        max={most}
        allowOutOfRange
        disabled={disabled}
        onValueChange={(next) => {
          setLimited(false)
          setShown(next)
        }}
        onValueCommitted={decide}
      >
        <NumberField.Group className="inline-flex items-center rounded-full border border-field-line bg-surface">
          <NumberField.Decrement aria-label={`${of}: ${t('less')}`} className={STEP}>
            <Minus className="size-4" aria-hidden />
          </NumberField.Decrement>
          <NumberField.Input
            aria-label={`${of}: ${t('quantity')}`}
            // Enter confirms the number, as if the field had lost focus; in a form it submits nothing.
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              event.currentTarget.blur()
              event.currentTarget.focus()
            }}
            className="w-10 bg-transparent text-center font-semibold"
          />
          <NumberField.Increment aria-label={`${of}: ${t('more')}`} className={STEP}>
            <Plus className="size-4" aria-hidden />
          </NumberField.Increment>
        </NumberField.Group>
      </NumberField.Root>
      <p role="status" className={limited ? 'mt-1 text-sm text-muted' : 'sr-only'}>
        {limited && t('atMost', { count: most })}
      </p>
    </div>
  )
}
