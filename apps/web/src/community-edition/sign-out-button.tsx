import { useNavigate } from '@tanstack/react-router'
import { at } from '../features/community/edition.ts'
import { useMessages } from '../language/language.ts'
import { Button } from '../ui/button.tsx'
import { toast } from '../ui/toasts.ts'
import { editionMessages } from './messages.ts'
import { signOut } from './sign-in.ts'

/** Below the settings, where front ends of RealWorld have it. */
export function SignOutButton() {
  const t = useMessages(editionMessages)
  const navigate = useNavigate()
  const leave = async () => {
    // First away from here: guests who are on this screen are led to where one signs in.
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
