import type { FormEvent, ReactNode } from 'react'
import { Page } from '../../ui/page.tsx'

export interface AccountPageProps {
  title: string
  lead: string
  onSubmit: (form: HTMLFormElement) => void
  /** The fields and the button. */
  children: ReactNode
  /** The link to the other one of the two screens. */
  footer: ReactNode
}

/** The common frame of the sign-in and sign-up screens. */
export function AccountPage({ title, lead, onSubmit, children, footer }: AccountPageProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onSubmit(event.currentTarget)
  }
  return (
    <Page title={title} width="form">
      <div className="pt-4 sm:pt-10">
        <h1 className="text-3xl font-extrabold">{title}</h1>
        <p className="mt-2 text-muted">{lead}</p>
        <form onSubmit={submit} noValidate className="mt-8 space-y-5">
          {children}
        </form>
        <p className="mt-8 flex flex-wrap items-center gap-x-2 border-t border-line pt-5 text-muted">{footer}</p>
      </div>
    </Page>
  )
}

export const FOOTER_LINK =
  'inline-flex min-h-11 items-center font-semibold text-brand underline-offset-4 hover:underline'

/** Focuses the first field with an error, after the error has been rendered. */
export function focusFirstProblem(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid]')?.focus())
}
