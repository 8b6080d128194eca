import { event, Id, Type } from '@doran/kernel/contract'
import { Locale, UserStatus } from './schemas.ts'

/** Counts every change of the profile across all events; the highest version is the newest. */
const version = Type.Integer({ minimum: 1 })

export const userCreated = event(
  'user.created',
  Type.Object({
    userId: Id,
    version,
    email: Type.String(),
    name: Type.String(),
    username: Type.String(),
    locale: Locale,
  }),
)

/** The profile after the change, and which fields differ. The event omits phone number and e-mail address. */
export const userUpdated = event(
  'user.updated',
  Type.Object({
    userId: Id,
    version,
    name: Type.String(),
    username: Type.String(),
    locale: Locale,
    changed: Type.Array(Type.Enum(['name', 'phone', 'locale', 'email', 'username', 'bio', 'image'])),
  }),
)

/** A withdrawal is final. Listeners erase the personal data that the law does not require them to keep. */
export const userWithdrawn = event('user.withdrawn', Type.Object({ userId: Id, version }))

export const userStatusChanged = event(
  'user.status-changed',
  Type.Object({ userId: Id, version, status: UserStatus, previous: UserStatus }),
)
