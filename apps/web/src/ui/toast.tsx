import { Toast as Base } from '@base-ui/react/toast'
import { useEffect } from 'react'
import { useMessages } from '../language/language.ts'
import { CircleAlert, CircleCheck, X } from './icons.ts'
import { uiMessages } from './messages.ts'
import { onToast, type ToastOptions, takeToasts } from './toasts.ts'

type ToastData = Pick<ToastOptions, 'tone'>

const manager = Base.createToastManager<ToastData>()

/** Where toasts appear. Screen readers announce them. */
export function Toaster() {
  useEffect(() => {
    showWaiting()
    return onToast(showWaiting)
  }, [])
  return (
    <Base.Provider toastManager={manager} timeout={6_000}>
      <Base.Portal>
        <Base.Viewport className="fixed inset-x-3 bottom-20 z-50 mx-auto flex max-w-md flex-col gap-2 sm:bottom-6">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}

function showWaiting() {
  for (const { title, description, tone = 'success', action } of takeToasts()) {
    const act = () => {
      manager.close(id)
      action?.run()
    }
    const id = manager.add({
      title,
      description,
      data: { tone },
      priority: tone === 'failure' ? 'high' : 'low',
      ...(action && { actionProps: { children: action.label, onClick: act } }),
    })
  }
}

function Toasts() {
  const t = useMessages(uiMessages)
  const { toasts } = Base.useToastManager<ToastData>()
  return toasts.map((toast) => {
    const failed = toast.data?.tone === 'failure'
    const Icon = failed ? CircleAlert : CircleCheck
    return (
      <Base.Root
        key={toast.id}
        toast={toast}
        className="rounded-2xl border border-line bg-surface shadow-float transition data-ending-style:translate-y-2 data-ending-style:opacity-0 data-starting-style:translate-y-2 data-starting-style:opacity-0"
      >
        <Base.Content className="flex items-center gap-3 p-3 pl-4">
          <Icon className={`size-5 shrink-0 ${failed ? 'text-alert' : 'text-leaf'}`} aria-hidden />
          <div className="min-w-0 flex-1">
            <Base.Title className="font-semibold" />
            <Base.Description className="text-sm text-muted" />
          </div>
          {toast.actionProps && (
            <Base.Action className="min-h-9 shrink-0 rounded-full px-3 text-sm font-semibold text-brand hover:bg-brand-soft" />
          )}
          <Base.Close
            aria-label={t('close')}
            className="grid size-9 shrink-0 place-items-center rounded-full hover:bg-sunken"
          >
            <X className="size-4" aria-hidden />
          </Base.Close>
        </Base.Content>
      </Base.Root>
    )
  })
}
