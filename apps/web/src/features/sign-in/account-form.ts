/** Errors in the sign-in and sign-up forms that show before the API is asked. */

export interface Account {
  name: string
  email: string
  password: string
}

export type Problem =
  | 'name_missing'
  | 'name_long'
  | 'email_missing'
  | 'email_invalid'
  | 'email_taken'
  | 'password_missing'
  | 'password_short'
  | 'password_long'

export type Problems = Partial<Record<keyof Account, Problem>>

export function readAccount(form: HTMLFormElement): Account {
  const data = new FormData(form)
  const text = (name: string) => String(data.get(name) ?? '')
  return { name: text('name').trim(), email: text('email').trim(), password: text('password') }
}

/** Passwords of existing accounts may have any length. */
export function problemsOfSignIn({ email, password }: Account): Problems {
  return { ...problemOfEmail(email), ...(!password && { password: 'password_missing' }) }
}

export function problemsOfRegistration({ name, email, password }: Account): Problems {
  return {
    ...(!name ? { name: 'name_missing' } : [...name].length > 100 && { name: 'name_long' }),
    ...problemOfEmail(email),
    ...problemOfPassword([...password].length),
  }
}

function problemOfEmail(email: string): Problems {
  if (!email) return { email: 'email_missing' }
  return /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(email) && email.length <= 254 ? {} : { email: 'email_invalid' }
}

function problemOfPassword(length: number): Problems {
  if (length === 0) return { password: 'password_missing' }
  if (length < 8) return { password: 'password_short' }
  return length > 200 ? { password: 'password_long' } : {}
}
