import { Link } from '@tanstack/react-router'
import { type ReactNode, useId } from 'react'
import { useMessages } from '../../language/language.ts'
import { ArrowLeft } from '../../ui/icons.ts'
import { AddressChoice } from './address-choice.tsx'
import { checkoutMessages } from './messages.ts'
import { NoteChoice } from './note-choice.tsx'
import { PaySummary } from './pay-summary.tsx'
import { Review } from './review.tsx'
import { type Checkout, useCheckout } from './use-checkout.ts'

interface CheckoutFormProps extends Checkout {
  /** The cart holds the item of "buy now", beside the visitor's own cart. */
  direct: boolean
}

export function CheckoutForm({ cart, direct, saved, placing }: CheckoutFormProps) {
  const t = useMessages(checkoutMessages)
  const checkout = useCheckout({ cart, saved, placing })
  const { delivery, change, problems, saving, submit } = checkout
  return (
    <form onSubmit={submit} noValidate>
      {!direct && (
        <Link to="/cart" className="-ml-2 inline-flex min-h-11 items-center gap-1.5 px-2 text-muted hover:text-ink">
          <ArrowLeft className="size-4" aria-hidden />
          {t('backToCart')}
        </Link>
      )}
      <h1 className="text-3xl font-extrabold">{t('checkout')}</h1>
      <div className="mt-6 lg:grid lg:grid-cols-[1fr_22rem] lg:items-start lg:gap-10">
        <div className="space-y-5">
          <Part number={1} title={t('address')}>
            <AddressChoice saved={saved} {...{ delivery, change, problems }} refused={saving.error} />
            <NoteChoice {...{ delivery, change }} />
          </Part>
          <Part number={2} title={t('review')}>
            <Review cart={cart} direct={direct} />
          </Part>
          <Part number={3} title={t('payment')}>
            <p>{t('paymentText')}</p>
            <p className="mt-2 text-sm text-muted">{t('sandbox')}</p>
          </Part>
        </div>
        <PaySummary
          cart={cart}
          error={placing.error}
          busy={saving.isPending || placing.isPending || placing.isSuccess}
        />
      </div>
    </form>
  )
}

function Part({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="rounded-3xl border border-line bg-surface p-4 sm:p-6">
      <h2 id={id} className="mb-5 flex items-center gap-3 text-xl font-bold">
        <span
          aria-hidden
          className="grid size-8 place-items-center rounded-full bg-brand-soft text-base text-on-brand-soft"
        >
          {number}
        </span>
        {title}
      </h2>
      {children}
    </section>
  )
}
