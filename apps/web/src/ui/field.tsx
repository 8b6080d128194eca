import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react'

interface FieldProps {
  label: ReactNode
  /** Help for filling it in. */
  hint?: ReactNode
  /** The error in the current value. */
  error?: string | undefined
  /** Shows the label to screen readers only. */
  labelHidden?: boolean
  className?: string
}

const CONTROL =
  'w-full rounded-xl border border-field-line bg-surface px-3.5 py-2.5 text-base text-ink ' +
  'placeholder:text-muted aria-invalid:border-alert disabled:bg-sunken'

type Input = FieldProps & Omit<InputHTMLAttributes<HTMLInputElement>, 'className'> & { ref?: Ref<HTMLInputElement> }

export function TextField({ label, hint, error, labelHidden, className, ...input }: Input) {
  return (
    <Labelled {...{ label, hint, error, labelHidden, className }} id={input.id}>
      {(control) => <input {...input} {...control} className={`${CONTROL} min-h-11`} />}
    </Labelled>
  )
}

type Area = FieldProps &
  Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'className'> & { ref?: Ref<HTMLTextAreaElement> }

export function TextArea({ label, hint, error, labelHidden, className, ...area }: Area) {
  return (
    <Labelled {...{ label, hint, error, labelHidden, className }} id={area.id}>
      {(control) => <textarea rows={4} {...area} {...control} className={CONTROL} />}
    </Labelled>
  )
}

type Select = FieldProps & Omit<SelectHTMLAttributes<HTMLSelectElement>, 'className'> & { ref?: Ref<HTMLSelectElement> }

/** The device's native selection, which every phone and screen reader supports. */
export function SelectField({ label, hint, error, labelHidden, className, children, ...select }: Select) {
  return (
    <Labelled {...{ label, hint, error, labelHidden, className }} id={select.id}>
      {(control) => (
        <select {...select} {...control} className={`${CONTROL} min-h-11 pr-9`}>
          {children}
        </select>
      )}
    </Labelled>
  )
}

type Box = { label: ReactNode; className?: string } & Omit<InputHTMLAttributes<HTMLInputElement>, 'className' | 'type'>

export function Checkbox({ label, className = '', ...input }: Box) {
  return (
    <label className={`flex min-h-11 cursor-pointer items-center gap-3 ${className}`}>
      <input type="checkbox" className="size-5 shrink-0 accent-brand" {...input} />
      <span>{label}</span>
    </label>
  )
}

interface ControlProps {
  id: string
  'aria-invalid': true | undefined
  'aria-describedby': string | undefined
}

function Labelled({
  label,
  hint,
  error: given,
  labelHidden,
  className = '',
  id: named,
  children,
}: FieldProps & { id?: string | undefined; children: (control: ControlProps) => ReactNode }) {
  const own = useId()
  const id = named ?? own
  const { field, error, onInput } = useErrorUntilEdited(given)
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div ref={field} onInput={onInput} className={className}>
      <label htmlFor={id} className={labelHidden ? 'sr-only' : 'mb-1.5 block text-sm font-semibold'}>
        {label}
      </label>
      {children({ id, 'aria-invalid': error ? true : undefined, 'aria-describedby': described || undefined })}
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="mt-1.5 text-sm font-medium text-alert">
          {error}
        </p>
      )}
    </div>
  )
}

/** Shows an error until the visitor changes the field, and again if the form is sent with the same mistake. */
function useErrorUntilEdited(error: string | undefined) {
  const field = useRef<HTMLDivElement>(null)
  const [edited, setEdited] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another error is a new one
  useEffect(() => setEdited(false), [error])
  useEffect(() => {
    const form = field.current?.closest('form')
    const show = () => setEdited(false)
    form?.addEventListener('submit', show)
    return () => form?.removeEventListener('submit', show)
  }, [])
  return { field, error: edited ? undefined : error, onInput: () => setEdited(true) }
}
