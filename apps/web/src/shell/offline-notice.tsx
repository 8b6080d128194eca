import { useSyncExternalStore } from 'react'
import { useMessages } from '../language/language.ts'
import { CloudOff } from '../ui/icons.ts'
import { shellMessages } from './messages.ts'

/** Says that the network is away, for as long as it is. */
export function OfflineNotice() {
  const t = useMessages(shellMessages)
  const online = useSyncExternalStore(subscribe, () => navigator.onLine)
  return (
    <div role="status" className="sticky top-0 z-40">
      {!online && (
        <p className="flex items-center justify-center gap-2 bg-sun-soft px-4 py-2 text-sm font-medium text-on-sun-soft">
          <CloudOff className="size-4 shrink-0" aria-hidden />
          {t('offline')}
        </p>
      )}
    </div>
  )
}

function subscribe(onChange: () => void): () => void {
  addEventListener('online', onChange)
  addEventListener('offline', onChange)
  return () => {
    removeEventListener('online', onChange)
    removeEventListener('offline', onChange)
  }
}
