import { type ReactNode, useId } from 'react'

export interface ChoiceProps {
  legend: string
  /** The first option means "any". */
  choices: { value: string; label: ReactNode }[]
  value: string | undefined
  onChange: (value: string) => void
  children?: ReactNode
}

/** A list of options, one below the other, of which one is chosen. */
export function Choice({ legend, choices, value, onChange, children }: ChoiceProps) {
  const name = useId()
  return (
    <fieldset>
      <legend className="mb-1.5 font-bold">{legend}</legend>
      {choices.map((choice) => (
        <label
          key={choice.value}
          className="flex min-h-11 cursor-pointer items-center gap-3 text-[0.95rem] lg:min-h-9 has-checked:font-semibold"
        >
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
            className="size-4.5 shrink-0 accent-brand"
          />
          {choice.label}
        </label>
      ))}
      {children}
    </fieldset>
  )
}
