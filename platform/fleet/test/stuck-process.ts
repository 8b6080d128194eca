/**
 * A process of a fleet for tests that kill it: it takes notes, whose printing begins and never ends. The argument is the
 * URL of its database; it tells its parent where it answers, and when a printing has begun.
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
