import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it, mock } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createLog } from '@doran/kernel/platform'
import { type Certificates, makeCertificates } from '../../../apps/server/commands/certs.ts'
import { inspectTls, openTls, type Tls, type TlsFiles } from '../tls.ts'

const DAY_MS = 86_400_000
const closing: (() => unknown)[] = []
let root: string
/** Certificates of two unrelated authorities. */
let ours: Certificates
let theirs: Certificates

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'doran-tls-'))
  ours = await makeCertificates({ folder: join(root, 'ours') })
  theirs = await makeCertificates({ folder: join(root, 'theirs') })
})
after(() => rm(root, { recursive: true }))
afterEach(async () => {
  while (closing.length > 0) await closing.pop()?.()
})

const filesOf = (set: Certificates, service: string): TlsFiles => ({ ca: set.ca, ...set.of(service) })

/** Copies of the files, which a test can replace. */
async function copied(files: TlsFiles): Promise<TlsFiles> {
  const folder = await mkdtemp(join(root, 'copy-'))
  const copies = { ca: join(folder, 'ca.pem'), cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') }
  await replace(copies, files)
  return copies
}

async function replace(files: TlsFiles, by: Partial<TlsFiles>): Promise<void> {
  for (const [name, source] of Object.entries(by)) await copyFile(source, files[name as keyof TlsFiles])
}

/** A log that records its lines; `said` waits for a line that matches. */
function listen() {
  const lines: { level: string; msg: string; mistakes?: string }[] = []
  const waiting: (() => void)[] = []
  const destination = {
    write(line: string) {
      lines.push(JSON.parse(line))
      for (const wake of waiting.splice(0)) wake()
    },
  }
  const said = async (text: RegExp) => {
    while (!lines.some(({ msg }) => text.test(msg))) await new Promise<void>((wake) => waiting.push(wake))
  }
  const warnings = () => lines.filter(({ level }) => level === 'warn')
  return { log: createLog('info', { destination }), said, warnings }
}

async function open(files: TlsFiles, log = createLog('silent')): Promise<Tls> {
  const tls = await openTls(files, log)
  closing.push(() => tls.close())
  return tls
}

const changed = (tls: Tls) => new Promise<void>((done) => tls.onChange(done))

/** Starts a server that requires a certificate of its authority; returns its port. */
async function serve(tls: Tls): Promise<number> {
  const server = createServer({ ...tls.material, requestCert: true, rejectUnauthorized: true }, (_request, response) =>
    response.end('welcome'),
  )
  tls.onChange(() => server.setSecureContext(tls.material))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  return (server.address() as { port: number }).port
}

/** Sends one request over a new connection; `files` may lack the certificate. */
async function ask(port: number, files: Pick<TlsFiles, 'ca'> & Partial<TlsFiles>): Promise<string> {
  const [ca, cert, key] = await Promise.all(
    [files.ca, files.cert, files.key].map((file) => (file ? readFile(file) : undefined)),
  )
  const asked = request({ host: '127.0.0.1', port, servername: 'order', agent: false, ca, cert, key })
  asked.end()
  const [response] = await once(asked, 'response')
  return (await response.toArray()).join('')
}

describe('mutual TLS', { timeout: 30_000 }, () => {
  let port: number
  beforeEach(async () => {
    port = await serve(await open(filesOf(ours, 'order')))
  })

  it('accepts a client with a certificate of the same authority', async () => {
    assert.equal(await ask(port, filesOf(ours, 'payment')), 'welcome')
  })

  it('refuses a client without a certificate', async () => {
    await assert.rejects(ask(port, { ca: ours.ca }), /certificate required|ECONNRESET|socket hang up/i)
  })

  it('refuses a client with a certificate of another authority', async () => {
    await assert.rejects(
      ask(port, { ...theirs.of('payment'), ca: ours.ca }),
      /unknown ca|decrypt error|ECONNRESET|socket hang up/i,
    )
  })

  it('is refused by a client that trusts another authority', async () => {
    await assert.rejects(ask(port, { ...ours.of('payment'), ca: theirs.ca }), /self-signed|unable to|signature/i)
  })
})

describe('replaced files', { timeout: 30_000 }, () => {
  it('are used by new connections without a restart', async () => {
    const files = await copied(filesOf(ours, 'order'))
    const tls = await open(files)
    const port = await serve(tls)
    const change = changed(tls)

    await replace(files, filesOf(theirs, 'order'))
    await change

    assert.equal(await ask(port, filesOf(theirs, 'payment')), 'welcome')
    await assert.rejects(ask(port, filesOf(ours, 'payment')))
  })

  it('are noticed when a symbolic link changes, as in Kubernetes', async () => {
    const folder = await mkdtemp(join(root, 'mounted-'))
    await symlink(ours.folder, join(folder, '..data'))
    const tls = await open({
      ca: join(folder, '..data/ca.pem'),
      cert: join(folder, '..data/order.pem'),
      key: join(folder, '..data/order.key'),
    })
    const change = changed(tls)

    await symlink(theirs.folder, join(folder, '..new'))
    await rename(join(folder, '..new'), join(folder, '..data'))
    await change

    assert.deepEqual(tls.material.ca, await readFile(theirs.ca))
  })

  it('are ignored with one warning until all three fit together', async () => {
    const { log, said, warnings } = listen()
    const files = await copied(filesOf(ours, 'order'))
    const tls = await open(files, log)
    const before = tls.material
    const change = changed(tls)

    await replace(files, { cert: ours.of('payment').cert })
    await said(/cannot be used/)
    // Long enough for a second warning.
    await pause(2_500)

    assert.equal(tls.material, before)
    assert.equal(warnings().length, 1)
    assert.match(warnings()[0]?.mistakes ?? '', /DORAN_TLS_KEY .*tls\.key is not the key of/)

    await replace(files, { key: ours.of('payment').key })
    await change

    assert.deepEqual(tls.material.key, await readFile(ours.of('payment').key))
  })
})

describe('a certificate', { timeout: 30_000 }, () => {
  it('that expires within two weeks causes a warning', async () => {
    const soon = await makeCertificates({ folder: join(root, 'soon'), days: 10 })
    const { log, said, warnings } = listen()

    await open(filesOf(soon, 'order'), log)

    await said(/ends soon/)
    assert.equal(warnings().length, 1)
  })

  it('is valid under any of several authorities in one file, so that operators can replace one', async () => {
    const files = await copied(filesOf(ours, 'order'))
    await writeFile(files.ca, Buffer.concat([await readFile(theirs.ca), await readFile(ours.ca)]))

    const { mistakes } = await inspectTls(files)

    assert.deepEqual(mistakes, [])
  })

  it('is valid through the intermediate certificates in its file', { skip: !hasOpenssl() }, async () => {
    const files = await signedByIntermediate()

    assert.deepEqual((await inspectTls(files)).mistakes, [])
    const [leaf] = (await readFile(files.cert, 'utf8')).split(/(?<=-----END CERTIFICATE-----\n)/)
    await writeFile(files.cert, leaf as string)
    assert.match((await inspectTls(files)).mistakes.join(), /DORAN_TLS_CERT .* is not signed by DORAN_TLS_CA/)
  })

  it('of another authority is refused at start-up', async () => {
    const files = { ...filesOf(ours, 'order'), ca: theirs.ca }

    await assert.rejects(open(files), /DORAN_TLS_CERT .*order\.pem is not signed by DORAN_TLS_CA .*; give/)
  })

  it('with the key of another certificate is refused', async () => {
    const files = { ...filesOf(ours, 'order'), key: ours.of('user').key }

    await assert.rejects(open(files), /DORAN_TLS_KEY .*user\.key is not the key of the certificate .*order\.pem; give/)
  })

  it('that has expired or is not valid yet is refused', async (t) => {
    t.after(() => mock.timers.reset())
    const day = await makeCertificates({ folder: join(root, 'day'), days: 1 })
    const now = Date.now()

    mock.timers.enable({ apis: ['Date'], now: now + 2 * DAY_MS })
    await assert.rejects(open(filesOf(day, 'order')), /DORAN_TLS_CERT .*order\.pem ended on .*; make a set with/)
    mock.timers.setTime(now - DAY_MS)
    await assert.rejects(open(filesOf(day, 'order')), /DORAN_TLS_CERT .* counts only from .*; set the clock/)
  })

  it('that is missing or malformed is reported with its variable', async () => {
    const files = await copied(filesOf(ours, 'order'))
    await writeFile(files.cert, 'nothing')
    await writeFile(files.key, (await readFile(files.key, 'utf8')).slice(0, 60))

    await assert.rejects(open(files), (error: Error) => {
      assert.match(error.message, /DORAN_TLS_CERT .*tls\.crt is no certificate in PEM/)
      assert.match(error.message, /DORAN_TLS_KEY .*tls\.key is no private key in PEM/)
      return true
    })
    await assert.rejects(open({ ...files, ca: join(root, 'none.pem') }), /DORAN_TLS_CA .*none\.pem does not exist/)
    await assert.rejects(open({ ...files, ca: root }), /DORAN_TLS_CA .* cannot be read \(EISDIR\)/)
  })
})

function hasOpenssl(): boolean {
  try {
    return execFileSync('openssl', ['version']).length > 0
  } catch {
    return false
  }
}

/** A certificate of an intermediate authority below a root, as a company's own tools make them. */
async function signedByIntermediate(): Promise<TlsFiles> {
  const folder = await mkdtemp(join(root, 'between-'))
  const make = (name: string, by: string | undefined, ca: boolean) =>
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
        ...['-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.pem`],
        ...['-addext', `basicConstraints=critical,CA:${ca ? 'TRUE' : 'FALSE'}`],
        ...(by ? ['-CA', `${by}.pem`, '-CAkey', `${by}.key`] : []),
      ],
      { cwd: folder, stdio: 'pipe' },
    )
  make('root', undefined, true)
  make('between', 'root', true)
  make('order', 'between', false)
  const chain = await Promise.all(['order.pem', 'between.pem'].map((file) => readFile(join(folder, file), 'utf8')))
  await writeFile(join(folder, 'chain.pem'), chain.join(''))
  return { ca: join(folder, 'root.pem'), cert: join(folder, 'chain.pem'), key: join(folder, 'order.key') }
}
