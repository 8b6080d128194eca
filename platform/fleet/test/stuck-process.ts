/**
 * A fleet member for tests that kill it. It accepts notes; their printing starts and never ends. The argument is the
 * URL of its database. It sends its own URL to its parent, and `printing` when a printing starts.
 */
import { noteService, printerDouble, printerService } from '../../kernel/test/note-service.ts'
import { startMember } from './members.ts'

printerDouble.print = () => {
  process.send?.('printing')
  return new Promise(() => {})
}
const { url } = await startMember({
  services: [noteService, printerService],
  databaseUrl: process.argv[2] as string,
})
process.send?.(url)
process.once('disconnect', () => process.exit())
