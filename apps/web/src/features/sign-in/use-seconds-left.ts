import type { DomainError } from '@doran/kernel/client'
import { useEffect, useState } from 'react'

/** Counts down a refusal's `retryAfter`; undefined without one. */
export function useSecondsLeft(refusal: DomainError | undefined): number | undefined {
  const [left, setLeft] = useState<number>()
  useEffect(() => {
    const seconds = Number(refusal?.details.retryAfter)
    if (!refusal || !(seconds > 0)) return setLeft(undefined)
    const end = Date.now() + seconds * 1_000
    const tick = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1_000)))
    tick()
    const timer = setInterval(tick, 1_000)
    return () => clearInterval(timer)
  }, [refusal])
  return left
}
