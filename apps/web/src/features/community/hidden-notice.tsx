import type { Hidden } from '@doran/article/contract'
import { useMessages } from '../../language/language.ts'
import { Banner } from '../../ui/states.tsx'
import { communityMessages } from './messages.ts'

/** Tells authors that moderators have hidden their article or comment, and why. */
export function HiddenNotice({ hidden, what }: { hidden: Hidden; what: string }) {
  const t = useMessages(communityMessages)
  return (
    <div className="mb-6">
      <Banner tone="warning">
        <strong className="block">{what}</strong>
        {t('hiddenReason', { reason: hidden.reason })}
      </Banner>
    </div>
  )
}
