/** The commands of `doran`. */
import { ConfigError, MigrationChangedError } from '@doran/kernel/platform'
import { databaseTrouble, UserError } from './errors.ts'
import { takeSecretsFromFiles } from './secrets.ts'

const commands: Record<string, { about: string; run: (args: string[]) => Promise<void> }> = {
  start: {
    about:
      'run everything in this process; --services a,b: only those; --split [--instances a=2] [--tls]: each in its own; --workers n: on n cores; --no-seed: with an empty catalogue',
    run: async (args) => (await import('./commands/start.ts')).start(args),
  },
  'start-worker': {
    about: 'run one of the processes of --workers, which starts it',
    run: async () => (await import('./commands/start.ts')).startWorker(),
  },
  services: {
    about: 'the instances that are running: where, which version, how they are',
    run: async () => (await import('./commands/services.ts')).servicesCommand(),
  },
  doctor: {
    about: 'say what is wrong with this set-up',
    run: async (args) => (await import('./commands/doctor.ts')).doctor(args),
  },
  check: {
    about:
      'say of each invariant whether it holds (--json, --settle <seconds>, --since <1h>, --saga-bound <5m>, --without-provider)',
    run: async (args) => (await import('./commands/check.ts')).check(args),
  },
  certs: {
    about: 'make a local authority and certificates for mutual TLS (--folder, --host, --days)',
    run: async (args) => (await import('./commands/certs.ts')).certs(args),
  },
  seed: {
    about: 'load the built-in catalogue, with --community a sample community, too; what is there already stays',
    run: async (args) => (await import('./commands/seed.ts')).seedCommand(args),
  },
  migrate: {
    about: 'bring the databases up to date',
    run: async () => (await import('./commands/migrate.ts')).migrateCommand(),
  },
  tasks: {
    about: 'list [--all] | replay <id|all> | discard <id>: durable tasks that failed for good or keep failing',
    run: async (args) => (await import('./commands/tasks.ts')).tasks(args),
  },
  audit: {
    about:
      'what people did by virtue of a role, newest first (--actor <id>, --operation <service.operation>, --target <id>, --limit, --json)',
    run: async (args) => (await import('./commands/audit.ts')).audit(args),
  },
  'sandbox-payment': {
    about: 'run the payment sandbox alone',
    run: async () => (await import('./commands/sandbox-payment.ts')).sandboxPayment(),
  },
}

const [name = 'help', ...args] = process.argv.slice(2)
const command = commands[name]
if (Number(process.versions.node.split('.')[0]) < 24) {
  fail(
    `Doran needs Node.js 24, this is ${process.version}. npm brings the right one: use \`npm start\` or \`npm run doran -- ${name}\`.`,
  )
} else if (!command) {
  const lines = Object.entries(commands).map(([command, { about }]) => `  doran ${command.padEnd(16)} ${about}`)
  console.log(`Usage:\n${lines.join('\n')}\n\nEvery setting is an environment variable; README.md lists them.`)
  if (!['help', '--help', '-h'].includes(name)) fail(`There is no command ${name}.`)
} else {
  runCommand(command.run, args).catch((error) => {
    const plain = error instanceof UserError || error instanceof ConfigError || error instanceof MigrationChangedError
    const mistyped = String(error?.code).startsWith('ERR_PARSE_ARGS')
    fail(plain || mistyped ? error.message : (databaseTrouble(error) ?? String(error?.stack ?? error)))
    // Open handles must not keep a failed process alive.
    process.exit()
  })
}

async function runCommand(run: (args: string[]) => Promise<void>, args: string[]): Promise<void> {
  takeSecretsFromFiles(process.env)
  await run(args)
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}
