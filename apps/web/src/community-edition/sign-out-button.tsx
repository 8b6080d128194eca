import { useNavigate } from '@tanstack/react-router'
import { at } from '../features/community/edition.ts'
import { useMessages } from '../language/language.ts'
import { Button } from '../ui/button.tsx'
import { toast } from '../ui/toasts.ts'
import { editionMessages } from './messages.ts'
import { signOut } from './sign-in.ts'

/** Below the settings, where RealWorld front ends have it. */
export function SignOutButton() {
  const t = useMessages(editionMessages)
  const navigate = useNavigate()
  const leave = async () => {
    // Leaves this screen first: it redirects guests to the sign-in.
    await navigate({ to: at('') })
    signOut()
    toast(t('signedOut'))
  }
  return (
    <div className="mt-8 border-t border-line pt-6">
      <Button look="danger" onClick={leave} className="btn btn-outline-danger w-full">
        {t('logout')}
      </Button>
    </div>
  )
}
