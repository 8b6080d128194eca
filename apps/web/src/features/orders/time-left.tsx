import { useEffect, useState } from 'react'
import { useMessages } from '../../language/language.ts'
import { ordersMessages } from './messages.ts'

/** Counts down in minutes and seconds. */
export function TimeLeft({ until }: { until: string }) {
  const t = useMessages(ordersMessages)
  const [seconds, setSeconds] = useState(() => secondsTo(until))
  useEffect(() => {
    const timer = setInterval(() => setSeconds(secondsTo(until)), 1_000)
    return () => clearInterval(timer)
  }, [until])
  if (seconds <= 0) return null
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return (
    // Screen readers skip it each second, although they read the text around it.
    <span role="timer" aria-live="off" aria-label={t('timeLeft')} className="tabular-nums">
      {clock}
    </span>
  )
}

function secondsTo(until: string): number {
  return Math.max(0, Math.round((Date.parse(until) - Date.now()) / 1_000))
}
