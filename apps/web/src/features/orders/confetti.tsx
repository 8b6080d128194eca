import { useEffect, useRef } from 'react'

const COLOURS = ['bg-brand', 'bg-leaf', 'bg-brand-soft', 'bg-sun-soft', 'bg-leaf-soft', 'bg-alert']
const PIECES = Array.from({ length: 36 }, (_, index) => index)

/** Confetti, thrown once; not shown to users who prefer reduced motion. */
export function Confetti() {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    const flights = [...(place.current?.children ?? [])].map(fly)
    return () => {
      for (const flight of flights) flight.cancel()
    }
  }, [])
  return (
    <div ref={place} aria-hidden className="pointer-events-none absolute inset-x-0 top-28 h-0">
      {PIECES.map((piece) => (
        <span
          key={piece}
          className={`absolute left-1/2 h-2.5 w-1.5 rounded-xs opacity-0 ${COLOURS[piece % COLOURS.length]}`}
        />
      ))}
    </div>
  )
}

function fly(piece: Element): Animation {
  const side = (Math.random() - 0.5) * Math.min(640, innerWidth * 0.9)
  const turn = (Math.random() - 0.5) * 1_440
  return piece.animate(
    [
      { transform: 'translate(0, 0)', opacity: 1, easing: 'cubic-bezier(0.1, 0.6, 0.4, 1)' },
      {
        transform: `translate(${side * 0.7}px, ${-60 - Math.random() * 110}px) rotate(${turn / 2}deg)`,
        opacity: 1,
        offset: 0.35,
        easing: 'cubic-bezier(0.4, 0, 0.9, 0.6)',
      },
      { transform: `translate(${side}px, ${160 + Math.random() * 160}px) rotate(${turn}deg)`, opacity: 0 },
    ],
    { duration: 1_600 + Math.random() * 900, delay: Math.random() * 150 },
  )
}
