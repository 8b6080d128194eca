import type { Profile } from '@doran/profile/contract'
import { useMessages } from '../../language/language.ts'
import { buttonClass } from '../../ui/button.tsx'
import { Check, Plus } from '../../ui/icons.ts'
import { useFollow } from './api/members.ts'
import { communityMessages } from './messages.ts'
import { useAsMember, useTellNotSaved } from './use-as-member.ts'

export function FollowButton({ member: { username: name, following } }: { member: Profile }) {
  const t = useMessages(communityMessages)
  const asMember = useAsMember()
  const notSaved = useTellNotSaved()
  const { mutate } = useFollow(name)
  const Icon = following ? Check : Plus
  return (
    <button
      type="button"
      onClick={() => asMember(() => mutate(!following, { onError: notSaved }))}
      className={buttonClass(
        { look: 'secondary', size: 'small' },
        `btn btn-sm action-btn min-h-11! ${following ? 'btn-secondary' : 'btn-outline-secondary'}`,
      )}
    >
      <Icon className="size-4 shrink-0" aria-hidden />
      <span className="line-clamp-1">{following ? t('unfollow', { name }) : t('follow', { name })}</span>
    </button>
  )
}
