import { BuyingButtons } from './buying-buttons.tsx'
import type { Buying } from './use-buying.ts'

/** On phones, keeps the buttons within reach of the thumb while the product is on the screen. */
export function BuyingBar({ buying }: { buying: Buying }) {
  return (
    <div className="sticky bottom-0 z-20 -mx-4 mt-8 -mb-16 border-t border-line bg-paper/95 px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] backdrop-blur sm:hidden">
      <BuyingButtons buying={buying} className="flex" />
    </div>
  )
}
