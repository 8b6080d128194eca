import { Toast } from '@base-ui/react/toast'

export interface ToastData {
  tone: 'success' | 'failure'
}

export const manager = Toast.createToastManager<ToastData>()

export interface ToastOptions {
  description?: string
  tone?: ToastData['tone']
  /** Something to do about it, for example to take it back. */
  action?: { label: string; run: () => void }
}

/** Tells in passing what has happened. What the user must act on belongs into the page. */
export function toast(title: string, { description, tone = 'success', action }: ToastOptions = {}): void {
  manager.add({
    title,
    description,
    data: { tone },
    priority: tone === 'failure' ? 'high' : 'low',
    ...(action && { actionProps: { children: action.label, onClick: action.run } }),
  })
}
