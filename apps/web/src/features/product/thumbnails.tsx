import type { Image } from '@doran/product/contract'
import { useMessages } from '../../language/language.ts'
import { Picture } from '../../ui/picture.tsx'
import { productMessages } from './messages.ts'

export interface ThumbnailsProps {
  images: Image[]
  shown: number
  onPick: (index: number) => void
}

export function Thumbnails({ images, shown, onPick }: ThumbnailsProps) {
  const t = useMessages(productMessages)
  return (
    <ul className="mt-3 hidden flex-wrap gap-3 sm:flex">
      {images.map(({ url }, index) => (
        <li key={url}>
          <button
            type="button"
            aria-label={t('pictureOf', { number: index + 1, count: images.length })}
            aria-current={index === shown ? 'true' : undefined}
            onClick={() => onPick(index)}
            className="block rounded-2xl border-2 border-transparent p-0.5 aria-[current=true]:border-brand"
          >
            <Picture src={url} alt="" sizes="72px" className="size-18 rounded-xl" />
          </button>
        </li>
      ))}
    </ul>
  )
}
