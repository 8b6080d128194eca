import { type ComponentType, useEffect, useState } from 'react'
import { useFailureToast } from './refused.tsx'

/** Closes a part that failed to load, so that it can be opened again. */
interface Closable {
  onClose?: () => void
}

/**
 * A part of a screen that loads when it is first shown: `onDemand(() => import('./zoom-dialog.tsx'), 'ZoomDialog')`.
 * Meanwhile the fallback shows. If it cannot be loaded, a toast says why, and the screen stays as it is.
 */
export function onDemand<K extends string, P extends object>(
  load: () => Promise<Record<K, ComponentType<P>>>,
  name: K,
  Fallback: ComponentType = Nothing,
): ComponentType<P & Closable> {
  let known: ComponentType<P> | undefined
  return function OnDemand(props: P & Closable) {
    const tellFailure = useFailureToast()
    const [Part, setPart] = useState(() => known)
    // biome-ignore lint/correctness/useExhaustiveDependencies: once for each time that it is shown
    useEffect(() => {
      if (Part) return
      load().then(
        (module) => {
          known = module[name]
          setPart(() => module[name])
        },
        (error) => {
          tellFailure(error)
          props.onClose?.()
        },
      )
    }, [])
    return Part ? <Part {...props} /> : <Fallback />
  }
}

function Nothing() {
  return null
}
