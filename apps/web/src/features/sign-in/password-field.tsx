import { useState } from 'react'
import { useMessages } from '../../language/language.ts'
import { TextField } from '../../ui/field.tsx'
import { Eye, EyeOff } from '../../ui/icons.ts'
import { signInMessages } from './messages.ts'

export interface PasswordFieldProps {
  autoComplete: 'current-password' | 'new-password'
  hint?: string
  error?: string | undefined
}

export function PasswordField(props: PasswordFieldProps) {
  const t = useMessages(signInMessages)
  const [shown, setShown] = useState(false)
  const Icon = shown ? EyeOff : Eye
  return (
    <div className="relative">
      <TextField
        label={t('password')}
        name="password"
        type={shown ? 'text' : 'password'}
        autoCapitalize="none"
        spellCheck={false}
        {...props}
      />
      <button
        type="button"
        aria-label={shown ? t('hide') : t('show')}
        onClick={() => setShown(!shown)}
        className="absolute top-7 right-0.5 grid size-11 place-items-center rounded-full text-muted hover:text-ink"
      >
        <Icon className="size-5" aria-hidden />
      </button>
    </div>
  )
}
