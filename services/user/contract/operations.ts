import { contract, del, get, Id, Nullable, patch, post, put, Type } from '@doran/kernel/contract'
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
  /** Throws `user_not_found`, also for a user who has withdrawn. */
  getUser: get('/users/:userId', {
    summary: 'The public profile of a user',
    path: UserInPath,
    reply: PublicProfile,
    access: 'anyone',
  }),
  /** Omitted fields stay as they are. Throws `username_taken`, and `user_withdrawn` after a withdrawal. */
  updateUser: put('/users/:userId', {
    summary: 'Change your profile; administrators change any',
    path: UserInPath,
    body: Type.Object({
      name: Type.Optional(Name),
      phone: Type.Optional(Nullable(Phone)),
      locale: Type.Optional(Locale),
      ...MemberChanges,
    }),
    reply: Profile,
    access: 'user',
    idempotent: true,
  }),
  /**
   * Users may withdraw themselves; every other change is for administrators. Throws `user_withdrawn` after a
   * withdrawal, which is final, and `last_administrator` if no active administrator would be left. A withdrawal also
   * throws `user_has_open_business`, whose `open` lists the items, and `sign_in_again` unless the token comes from a
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
  /** Throws `postal_code_invalid`, and `too_many_addresses` for the fifty-first address. */
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
  /** If it was the default, the newest remaining address becomes the default. Removing an address twice is no error. */
  removeAddress: del('/users/me/addresses/:addressId', {
    summary: 'Remove an address',
    path: AddressInPath,
    access: 'user',
    idempotent: true,
  }),
  /**
   * Repeating a `userId` changes nothing and returns the existing profile. Without a `username`, Doran generates one.
   * Throws `username_taken`.
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
  /** Omitted fields stay as they are. Throws `username_taken` and `user_withdrawn`. */
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
  /** `auth` calls it after it has given the role. */
  enterAdministrator: put('/users/internal/:userId/administrator', {
    summary: 'Count a user as an administrator',
    path: UserInPath,
    access: 'internal',
    idempotent: true,
  }),
  /** `auth` calls it before it takes the role. Throws `last_administrator`. */
  dismissAdministrator: del('/users/internal/:userId/administrator', {
    summary: 'Count a user as an administrator no longer',
    path: UserInPath,
    access: 'internal',
    idempotent: true,
  }),
  /** In no particular order, without unknown ids. */
  getMembers: post('/users/internal/members', {
    summary: 'Several members at once',
    body: Type.Object({ userIds: Type.Array(Id, { maxItems: 1_000 }) }),
    reply: Type.Array(Member),
    access: 'internal',
    idempotent: true,
  }),
  /** In no particular order, without unknown names and members who have withdrawn. */
  findMembers: post('/users/internal/members/by-name', {
    summary: 'Members by their names, whatever the capital letters',
    body: Type.Object({ usernames: Type.Array(Type.String(), { maxItems: 100 }) }),
    reply: Type.Array(Member),
    access: 'internal',
    idempotent: true,
  }),
  /** Throws `member_not_found`, also for a member who has withdrawn. */
  getMemberByName: get('/users/internal/members/:username', {
    summary: 'The member of this name, whatever its capital letters',
    path: Type.Object({ username: Type.String() }),
    reply: Member,
    access: 'internal',
  }),
  /** In no particular order, without unknown ids. */
  getUsers: post('/users/internal/batch', {
    summary: 'Several users at once',
    body: Type.Object({ userIds: Type.Array(Id, { maxItems: 500 }) }),
    reply: Type.Array(UserSummary),
    access: 'internal',
    idempotent: true,
  }),
})
