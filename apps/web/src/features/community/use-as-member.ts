import { useLocation, useNavigate } from '@tanstack/react-router'
import { useMessages } from '../../language/language.ts'
import { toast } from '../../ui/toasts.ts'
import { useReader } from './api/me.ts'
import { backTo, SIGN_IN } from './edition.ts'
import { communityMessages } from './messages.ts'
import { useErrorLines } from './use-error-lines.ts'

/** Runs an action for members only; guests are led to the sign-in and back. */
export function useAsMember(): (act: () => void) => void {
  const { signedIn } = useReader()
  const href = useLocation({ select: (location) => location.href })
  const navigate = useNavigate()
  return (act) => {
    if (signedIn) act()
    else navigate({ to: SIGN_IN, search: backTo(href) })
  }
}

/** Reports in a toast that a small change was not saved, and why. */
export function useTellNotSaved(): (error: unknown) => void {
  const t = useMessages(communityMessages)
  const linesOf = useErrorLines()
  return (error) => toast(t('notSaved'), { tone: 'failure', description: linesOf(error).join(' ') })
}
