import type { Profile } from '@doran/profile/contract'
import { useMessages } from '../../language/language.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Settings } from '../../ui/icons.ts'
import { useReader } from './api/me.ts'
import { at, HEADINGS } from './edition.ts'
import { FollowButton } from './follow-button.tsx'
import { MemberPicture } from './member-picture.tsx'
import { communityMessages } from './messages.ts'

export function MemberInfo({ member }: { member: Profile }) {
  const t = useMessages(communityMessages)
  const { me } = useReader()
  const Heading = HEADINGS.member
  return (
    <div className="user-info flex flex-col items-center pt-6 pb-10 text-center">
      <MemberPicture src={member.image} size={104} className="user-img" />
      <Heading className="mt-4 text-3xl leading-tight font-extrabold">{member.username}</Heading>
      <p className="mt-2 mb-5 max-w-xl whitespace-pre-line text-muted">{member.bio}</p>
      {me?.username === member.username ? (
        <ButtonLink
          to={at('/settings')}
          look="secondary"
          size="small"
          className="btn btn-sm btn-outline-secondary action-btn min-h-11!"
        >
          <Settings className="size-4" aria-hidden />
          {t('editProfile')}
        </ButtonLink>
      ) : (
        <FollowButton member={member} />
      )}
    </div>
  )
}
