import { contract, del, get, Id, patch, post, put, Type } from '@doran/kernel/contract'
import {
  Address,
  AddressInPath,
  Locale,
  Member,
  MemberChanges,
  Name,
  NewAddress,
  Phone,
  Profile,
  PublicProfile,
  UserInPath,
  Username,
  UserStatus,
  UserSummary,
} from './schemas.ts'

export const user = contract('user', {
  getMe: get('/users/me', {
    summary: 'Your own profile',
    reply: Profile,
    access: 'user',
  }),
  exportMe: get('/users/me/export', {
    summary: 'Everything that Doran keeps of you, by service',
    reply: Type.Record(Type.String(), Type.Unknown()),
    access: 'user',
  }),
  /** Someone who has withdrawn is answered with `user_not_found`. */
  getUser: get('/users/:userId', {
    summary: 'The public profile of a user',
    path: UserInPath,
    reply: PublicProfile,
    access: 'anyone',
  }),
  /**
   * What is left out stays as it is. Refused with `username_taken`, and with `user_withdrawn` after a withdrawal.
   */
  updateUser: put('/users/:userId', {
    summary: 'Change your profile; administrators change any',
    path: UserInPath,
    body: Type.Object({
      name: Type.Optional(Name),
      phone: Type.Optional(Type.Union([Phone, Type.Null()])),
      locale: Type.Optional(Locale),
      ...MemberChanges,
    }),
    reply: Profile,
    access: 'user',
    idempotent: true,
  }),
  /**
   * Users may withdraw themselves, the rest is for administrators. Refused with `user_withdrawn`: that is final; with
   * `last_administrator` when no active one would be left; a withdrawal with
   * `user_has_open_business`, whose `open` lists it, and with `sign_in_again` unless the token is of a
   * sign-in within the last five minutes.
   */
  changeStatus: patch('/users/:userId/status', {
    summary: 'Suspend, reactivate or withdraw a user',
    path: UserInPath,
    body: Type.Object({ status: UserStatus }),
    reply: Profile,
    access: 'user',
    idempotent: true,
  }),
  listAddresses: get('/users/me/addresses', {
    summary: 'Your addresses, the default first, then the newest',
    reply: Type.Object({ items: Type.Array(Address) }),
    access: 'user',
  }),
  /** Refused with `postal_code_invalid`, and with `too_many_addresses` from the fifty-first on. */
  addAddress: post('/users/me/addresses', {
    summary: 'Add an address',
    body: NewAddress,
    reply: Address,
    status: 201,
    access: 'user',
  }),
  changeAddress: put('/users/me/addresses/:addressId', {
    summary: 'Replace an address',
    path: AddressInPath,
    body: NewAddress,
    reply: Address,
    access: 'user',
    idempotent: true,
  }),
  /** When it was the default, the newest of the others becomes it. One that is gone already is no error. */
  removeAddress: del('/users/me/addresses/:addressId', {
    summary: 'Remove an address',
    path: AddressInPath,
    access: 'user',
    idempotent: true,
  }),
  /**
   * The same `userId` again changes nothing and answers the profile as it is. Refused with `username_taken`; without a
   * name for the community the user is given one.
   */
  createUser: post('/users/internal', {
    summary: 'Enter a user who has registered',
    body: Type.Object({
      userId: Id,
      email: Type.String({ format: 'email', maxLength: 254 }),
      name: Name,
      username: Type.Optional(Username),
      locale: Type.Optional(Locale),
    }),
    reply: Profile,
    access: 'internal',
    idempotent: true,
  }),
  /** What is left out stays as it is. Refused with `username_taken` and with `user_withdrawn`. */
  changeMember: put('/users/internal/:userId/member', {
    summary: 'Change how the community knows a user, and the e-mail address that auth has changed',
    path: UserInPath,
    body: Type.Object({
      email: Type.Optional(Type.String({ format: 'email', maxLength: 254 })),
      ...MemberChanges,
    }),
    reply: Member,
    access: 'internal',
    idempotent: true,
  }),
  /** Told by auth after the role has been given. */
  enterAdministrator: put('/users/internal/:userId/administrator', {
    summary: 'Count a user as an administrator',
    path: UserInPath,
    access: 'internal',
    idempotent: true,
  }),
  /** Asked by auth before the role is taken. Refused with `last_administrator`. */
  dismissAdministrator: del('/users/internal/:userId/administrator', {
    summary: 'Count a user as an administrator no longer',
    path: UserInPath,
    access: 'internal',
    idempotent: true,
  }),
  /** In no particular order; those who are not known are left out. */
  getMembers: post('/users/internal/members', {
    summary: 'Several members at once',
    body: Type.Object({ userIds: Type.Array(Id, { maxItems: 1_000 }) }),
    reply: Type.Array(Member),
    access: 'internal',
    idempotent: true,
  }),
  /** In no particular order; names that nobody has are left out, and so are those who have withdrawn. */
  findMembers: post('/users/internal/members/by-name', {
    summary: 'Members by their names, whatever the capital letters',
    body: Type.Object({ usernames: Type.Array(Type.String(), { maxItems: 100 }) }),
    reply: Type.Array(Member),
    access: 'internal',
    idempotent: true,
  }),
  /** Refused with `member_not_found`, also for those who have withdrawn. */
  getMemberByName: get('/users/internal/members/:username', {
    summary: 'The member of this name, whatever its capital letters',
    path: Type.Object({ username: Type.String() }),
    reply: Member,
    access: 'internal',
  }),
  /** In no particular order; those who are not known are left out. */
  getUsers: post('/users/internal/batch', {
    summary: 'Several users at once',
    body: Type.Object({ userIds: Type.Array(Id, { maxItems: 500 }) }),
    reply: Type.Array(UserSummary),
    access: 'internal',
    idempotent: true,
  }),
})
