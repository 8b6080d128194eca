import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'
import { useMessages } from '../language/language.ts'
import { X } from './icons.ts'
import { uiMessages } from './messages.ts'

export interface DialogProps {
  open: boolean
  onClose: () => void
  title: ReactNode
  description?: ReactNode
  children: ReactNode
}

/** A modal dialog. Focus stays inside and returns afterwards. */
export function Dialog({ open, onClose, title, description, children }: DialogProps) {
  const t = useMessages(uiMessages)
  return (
    <Base.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-50 bg-[rgb(20_14_10/0.5)] transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup className="fixed inset-x-3 bottom-3 z-50 mx-auto max-h-[calc(100dvh-1.5rem)] max-w-lg overflow-y-auto rounded-3xl bg-surface p-6 shadow-float transition data-ending-style:translate-y-3 data-ending-style:opacity-0 data-starting-style:translate-y-3 data-starting-style:opacity-0 sm:inset-x-6 sm:top-1/2 sm:bottom-auto sm:-translate-y-1/2">
          <div className="mb-4 flex items-start justify-between gap-4">
            <Base.Title className="text-xl font-bold">{title}</Base.Title>
            <Base.Close
              aria-label={t('close')}
              className="-m-2 grid size-11 shrink-0 place-items-center rounded-full hover:bg-sunken"
            >
              <X className="size-5" aria-hidden />
            </Base.Close>
          </div>
          {description && <Base.Description className="-mt-2 mb-4 text-muted">{description}</Base.Description>}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
