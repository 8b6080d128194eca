import { useCallback } from 'react'
import { useMessages } from '../language/language.ts'
import { errorMessages } from './error-messages.ts'
import { isOffline, isRefusal } from './errors.ts'

export interface Explanation {
  title: string
  /** What happened, and what to do. */
  text: string
}

/** Explains an error in the user's language. */
export function useExplain(): (error: unknown) => Explanation {
  const t = useMessages(errorMessages)
  return useCallback(
    (error) => {
      if (!isRefusal(error)) {
        return isOffline(error)
          ? { title: t('offlineTitle'), text: t('offline') }
          : { title: t('unknownTitle'), text: t('unknown', { requestId: '–' }) }
      }
      const { code, status, details } = error
      const title = status === 404 ? t('notFoundTitle') : status >= 500 ? t('unknownTitle') : t('refusedTitle')
      const text = isExplained(code)
        ? t(code, { retryAfter: '', ...details })
        : t('unknown', { requestId: String(details.requestId ?? '–') })
      return { title, text }
    },
    [t],
  )
}

type Code = Exclude<keyof (typeof errorMessages)['ko'], `${string}${'Title' | 'ffline' | 'nknown'}`>

function isExplained(code: string): code is Code {
  return code in errorMessages.ko
}
