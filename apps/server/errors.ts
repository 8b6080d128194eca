/** A mistake of the person at the keyboard: told in plain words, without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError'
}
