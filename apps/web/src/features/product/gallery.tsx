import type { Product } from '@doran/product/contract'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useFormat, useMessages } from '../../language/language.ts'
import { onDemand } from '../../ui/on-demand.tsx'
import { Picture } from '../../ui/picture.tsx'
import { productMessages } from './messages.ts'
import { GALLERY_SIZES } from './product-look.ts'
import { Thumbnails } from './thumbnails.tsx'

const ZoomDialog = onDemand(() => import('./zoom-dialog.tsx'), 'ZoomDialog')

/** Shows one picture at a time, in a row that fingers and arrow keys move; a press enlarges it. */
export function Gallery({ images }: Pick<Product, 'images'>) {
  const t = useMessages(productMessages)
  const { text } = useFormat()
  const row = useRef<HTMLUListElement>(null)
  const [shown, setShown] = useState(0)
  const [zoomed, setZoomed] = useState(false)
  const show = (index: number) => {
    const { current } = row
    current?.scrollTo({ left: current.clientWidth * Math.max(0, Math.min(index, images.length - 1)) })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!step) return
    event.preventDefault()
    show(shown + step)
  }
  if (images.length === 0) return <Picture src={null} alt="" className="rounded-3xl" />
  return (
    <section aria-label={t('pictures')} className="min-w-0">
      <div className="relative">
        <ul
          ref={row}
          onScroll={({ currentTarget: { scrollLeft, clientWidth } }) => setShown(Math.round(scrollLeft / clientWidth))}
          onKeyDown={onKeyDown}
          className="flex snap-x snap-mandatory overflow-x-auto scroll-smooth rounded-3xl [scrollbar-width:none]"
        >
          {images.map(({ url, alt }, index) => (
            <li key={url} className="w-full shrink-0 snap-center snap-always">
              <button
                type="button"
                tabIndex={index === shown ? 0 : -1}
                aria-label={`${text(alt)}, ${t('zoom')}`}
                aria-haspopup="dialog"
                onClick={() => setZoomed(true)}
                className="block w-full cursor-zoom-in -outline-offset-3"
              >
                <Picture src={url} alt={text(alt)} sizes={GALLERY_SIZES} first={index === 0} />
              </button>
            </li>
          ))}
        </ul>
        {images.length > 1 && (
          <p className="pointer-events-none absolute right-3 bottom-3 rounded-full bg-surface/90 px-3 py-1 text-sm font-semibold sm:hidden">
            <span className="sr-only">{t('pictureOf', { number: shown + 1, count: images.length })}</span>
            <span aria-hidden>
              {shown + 1} / {images.length}
            </span>
          </p>
        )}
      </div>
      {images.length > 1 && <Thumbnails images={images} shown={shown} onPick={show} />}
      {zoomed && <ZoomDialog image={images[shown]} onClose={() => setZoomed(false)} />}
    </section>
  )
}
