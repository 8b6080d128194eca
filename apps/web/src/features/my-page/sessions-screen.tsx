import type { Session } from '@doran/auth/contract'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useFormat, useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { MonitorSmartphone } from '../../ui/icons.ts'
import { useFailureToast } from '../../ui/refused.tsx'
import { Failed, Skeleton, Waiting } from '../../ui/states.tsx'
import { toast } from '../../ui/toasts.ts'
import { sessionsQuery, useRevokeSession, useSignOutEverywhere } from './api/sessions.ts'
import { deviceOf } from './device.ts'
import { myPageMessages } from './messages.ts'
import { SectionTitle } from './my-page.tsx'

export function SessionsScreen() {
  const t = useMessages(myPageMessages)
  const sessions = useInfiniteQuery(sessionsQuery)
  return (
    <>
      <SectionTitle title={t('sessions')}>{t('sessionsText')}</SectionTitle>
      {sessions.isPending ? (
        <Waiting>
          <Skeleton className="h-28" />
        </Waiting>
      ) : sessions.isError ? (
        <Failed error={sessions.error} onRetry={sessions.refetch} />
      ) : (
        <>
          <ul className="divide-y divide-line">
            {sessions.data.pages
              .flatMap(({ items }) => items)
              .map((session) => (
                <SessionRow key={session.id} session={session} />
              ))}
          </ul>
          {sessions.hasNextPage && (
            <Button look="secondary" busy={sessions.isFetchingNextPage} onClick={() => sessions.fetchNextPage()}>
              {t('more')}
            </Button>
          )}
          <SignOutEverywhere />
        </>
      )}
    </>
  )
}

function SignOutEverywhere() {
  const t = useMessages(myPageMessages)
  const navigate = useNavigate()
  const tellFailure = useFailureToast()
  const { mutate, isPending } = useSignOutEverywhere()
  const signOut = () =>
    mutate(undefined, {
      onSuccess: async () => {
        toast(t('everySessionEnded'))
        await navigate({ to: '/' })
      },
      onError: tellFailure,
    })
  return (
    <section className="mt-8 border-t border-line pt-8">
      <p className="mb-4 text-muted">{t('endEverySessionText')}</p>
      <Button look="danger" busy={isPending} onClick={signOut}>
        {t('endEverySession')}
      </Button>
    </section>
  )
}

function SessionRow({ session }: { session: Session }) {
  const t = useMessages(myPageMessages)
  const { dateTime } = useFormat()
  const tellFailure = useFailureToast()
  const revoke = useRevokeSession()
  const device = deviceOf(session.userAgent) ?? t('unknownDevice')
  const end = () =>
    revoke.mutate(session.id, {
      onSuccess: () => toast(t('revoked')),
      onError: tellFailure,
    })
  return (
    <li className="flex flex-wrap items-center gap-4 py-5">
      <MonitorSmartphone className="size-6 shrink-0 text-muted" aria-hidden />
      <div className="min-w-48 flex-1">
        <p className="font-semibold">{device}</p>
        <p className="text-sm text-muted">
          {session.address && `${session.address} · `}
          {t('lastUsed', { time: dateTime(session.lastUsedAt) })}
        </p>
        <p className="text-sm text-muted">{t('signedInAt', { time: dateTime(session.createdAt) })}</p>
      </div>
      {session.current ? (
        <span className="rounded-full bg-leaf-soft px-3 py-1.5 text-sm font-semibold text-leaf">{t('thisDevice')}</span>
      ) : (
        <Button
          look="secondary"
          size="small"
          busy={revoke.isPending}
          aria-label={t('revokeOf', { device })}
          onClick={end}
        >
          {t('revoke')}
        </Button>
      )}
    </li>
  )
}
