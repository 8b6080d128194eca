import { Dialog } from '@base-ui/react/dialog'
import type { Image } from '@doran/product/contract'
import { addressOf } from '../../api/config.ts'
import { useFormat, useMessages } from '../../language/language.ts'
import { X } from '../../ui/icons.ts'
import { uiMessages } from '../../ui/messages.ts'

/** A picture as large as the window allows. */
export function ZoomDialog({ image, onClose }: { image: Image | undefined; onClose: () => void }) {
  const t = useMessages(uiMessages)
  const { text } = useFormat()
  if (!image) return null
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-paper" />
        <Dialog.Popup
          aria-label={text(image.alt)}
          className="fixed inset-0 z-50 grid place-items-center p-4 outline-none"
        >
          <img
            src={addressOf(image.url)}
            alt={text(image.alt)}
            referrerPolicy="no-referrer"
            className="max-h-[calc(100dvh-2rem)] w-full max-w-4xl rounded-3xl object-contain"
          />
          <Dialog.Close
            aria-label={t('close')}
            className="fixed top-4 right-4 grid size-12 place-items-center rounded-full bg-surface shadow-float hover:bg-sunken"
          >
            <X className="size-6" aria-hidden />
          </Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
