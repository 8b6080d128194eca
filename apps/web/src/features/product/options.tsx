import type { Option, Product } from '@doran/product/contract'
import { useId } from 'react'
import { useFormat, useMessages } from '../../language/language.ts'
import { productMessages } from './messages.ts'
import type { Buying } from './use-buying.ts'
import { valueState } from './variants.ts'

/** The product's options, as chips that are radio buttons. */
export function Options({ product, buying }: { product: Product; buying: Buying }) {
  return product.options.map((option, index) => (
    <OptionField key={option.name.en} product={product} buying={buying} option={option} index={index} />
  ))
}

interface OptionFieldProps {
  product: Product
  buying: Buying
  option: Option
  /** Index of the option. */
  index: number
}

function OptionField({ product, buying, option, index }: OptionFieldProps) {
  const t = useMessages(productMessages)
  const { text } = useFormat()
  const errorId = useId()
  const { choice, stock, asked, pick } = buying
  const chosen = option.values.find(({ code }) => code === choice[index])
  const missing = asked && !chosen
  return (
    <fieldset data-unchosen={chosen ? undefined : ''} aria-describedby={missing ? errorId : undefined}>
      <legend className="mb-2.5">
        <span className="font-bold">{text(option.name)}</span>
        {chosen && <span className="ml-2 text-muted">{text(chosen.name)}</span>}
      </legend>
      <div className="flex flex-wrap gap-2">
        {option.values.map(({ code, name }) => (
          <Value
            key={code}
            group={errorId}
            label={text(name)}
            state={valueState(product, choice, stock, index, code)}
            checked={code === choice[index]}
            onPick={() => pick(index, code)}
          />
        ))}
      </div>
      {missing && (
        <p id={errorId} role="alert" className="mt-2 text-sm font-medium text-alert">
          {t('chooseFirst', { option: text(option.name) })}
        </p>
      )}
    </fieldset>
  )
}

interface ValueProps {
  group: string
  label: string
  state: ReturnType<typeof valueState>
  checked: boolean
  onPick: () => void
}

const CHIP =
  'flex min-h-11 cursor-pointer items-center gap-1.5 rounded-full border border-field-line bg-surface px-4 text-[0.95rem] ' +
  'font-medium hover:bg-sunken has-checked:border-brand has-checked:bg-brand-soft has-checked:text-on-brand-soft ' +
  'has-checked:ring-1 has-checked:ring-brand has-focus-visible:outline-3 has-focus-visible:outline-offset-2 ' +
  'has-focus-visible:outline-brand'

function Value({ group, label, state, checked, onPick }: ValueProps) {
  const t = useMessages(productMessages)
  return (
    <label className={`${CHIP} ${state === 'offered' ? '' : 'border-dashed text-muted'}`}>
      <input type="radio" name={group} checked={checked} onChange={onPick} className="sr-only" />
      <span className={state === 'missing' ? 'line-through' : ''}>{label}</span>
      {state === 'sold-out' && <span className="text-xs">{t('soldOut')}</span>}
      {state === 'missing' && <span className="sr-only">{t('notTogether')}</span>}
    </label>
  )
}
