import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it, mock } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeCertificates } from '../commands/certs.ts'
import { UserError } from '../errors.ts'
import { services } from '../services.ts'

const DAY_MS = 86_400_000
let root: string

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'doran-certs-'))
})
after(() => rm(root, { recursive: true }))

const folder = () => mkdtemp(join(root, 'made-'))
const read = async (file: string) => new X509Certificate(await readFile(file))

function doran(...args: string[]) {
  const program = fileURLToPath(new URL('../doran.ts', import.meta.url))
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', timeout: 30_000 })
}

describe('doran certs', () => {
  it('makes a certificate for each service and prints the settings', async () => {
    const target = join(await folder(), 'new')

    const { status, stdout } = doran('certs', '--folder', target, '--host', '10.0.0.7', '--host', 'shop.example')

    assert.equal(status, 0)
    for (const { contract } of services) assert.match(stdout, new RegExp(`^ {2}${contract.name}\\.pem`, 'm'))
    assert.match(stdout, new RegExp(`DORAN_TLS_CA=${target}/ca.pem`))
    assert.match(stdout, new RegExp(`DORAN_TLS_CERT=${target}/order.pem`))
    assert.match(stdout, new RegExp(`DORAN_TLS_KEY=${target}/order.key`))
    const { subjectAltName } = await read(join(target, 'order.pem'))
    assert.equal(
      subjectAltName,
      'DNS:order, DNS:localhost, IP Address:127.0.0.1, IP Address:10.0.0.7, DNS:shop.example',
    )
  })

  it('explains a mistake in plain words', async () => {
    const { status, stderr } = doran('certs', '--folder', join(root, 'never'), '--days', 'soon')

    assert.equal(status, 1)
    assert.equal(stderr, '--days takes a whole number from 1 to 3650, for example --days 365.\n')
  })
})

describe('certificates', () => {
  it('are signed by the authority, serve servers and clients, and are valid from a few minutes ago', async () => {
    const made = await makeCertificates({ folder: await folder(), days: 30 })
    const authority = await read(made.ca)

    for (const service of [...services.map(({ contract }) => contract.name), 'gateway']) {
      const certificate = await read(made.of(service).cert)
      assert.ok(certificate.checkIssued(authority) && certificate.verify(authority.publicKey), service)
      assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
      assert.ok(certificate.checkHost(service) && certificate.checkHost('localhost') && !certificate.ca)
      const age = Date.now() - certificate.validFromDate.getTime()
      assert.ok(age > 60_000 && age < 600_000, `${age}`)
      assert.ok(Math.abs(certificate.validToDate.getTime() - Date.now() - 30 * DAY_MS) < 60_000)
    }
  })

  it('have keys that only their owner can read', async () => {
    const { folder: made } = await makeCertificates({ folder: await folder() })

    const files = await readdir(made)
    const keys = files.filter((file) => file.endsWith('.key'))
    assert.equal(keys.length * 2, files.length)
    for (const key of keys) assert.equal((await stat(join(made, key))).mode & 0o777, 0o600, key)
  })

  it('are renewed by the next run under the same authority', async () => {
    const first = await makeCertificates({ folder: await folder() })
    const [authority, order] = [await readFile(first.ca), await readFile(first.of('order').cert)]

    const second = await makeCertificates({ folder: first.folder })

    assert.deepEqual([first.newAuthority, second.newAuthority], [true, false])
    assert.deepEqual(await readFile(second.ca), authority)
    assert.notDeepEqual(await readFile(second.of('order').cert), order)
    assert.ok((await read(second.of('order').cert)).verify((await read(second.ca)).publicKey))
  })

  it('never outlive their authority, and an expired authority is replaced', async (t) => {
    t.after(() => mock.timers.reset())
    const { folder: made, ca } = await makeCertificates({ folder: await folder() })
    const end = (await read(ca)).validToDate

    mock.timers.enable({ apis: ['Date'], now: end.getTime() - 10 * DAY_MS })
    assert.deepEqual((await makeCertificates({ folder: made })).ends, end)
    mock.timers.setTime(end.getTime() + DAY_MS)
    assert.equal((await makeCertificates({ folder: made })).newAuthority, true)
  })

  it("are not made if the authority's key is missing", async () => {
    const { folder: made } = await makeCertificates({ folder: await folder() })
    await rm(join(made, 'ca.key'))

    await assert.rejects(makeCertificates({ folder: made }), told(/ca\.key are no authority .*missing.*remove both/))
  })

  it("are not made if the authority has another authority's key", async () => {
    const { folder: made, of } = await makeCertificates({ folder: await folder() })
    await writeFile(join(made, 'ca.key'), await readFile(of('order').key))

    await assert.rejects(makeCertificates({ folder: made }), told(/do not belong together/))
  })

  it('are not made for an invalid number of days, an invalid host, or a folder that cannot be written', async () => {
    const file = join(await folder(), 'file')
    await writeFile(file, '')

    for (const days of [0, 1.5, Number.NaN, 4_000]) {
      await assert.rejects(makeCertificates({ folder: root, days }), told(/^--days takes a whole number/))
    }
    for (const host of ['http://shop.example', 'shop.example:80', '', '1.2.3.999', 'a b']) {
      await assert.rejects(makeCertificates({ folder: root, hosts: [host] }), told(/^--host takes a name/))
    }
    await assert.rejects(makeCertificates({ folder: file }), told(/cannot be kept there: .*\(EEXIST\).*--folder/))
    await assert.rejects(makeCertificates({ folder: join(file, 'in') }), told(/\(ENOTDIR\).*--folder/))
  })
})

const told = (message: RegExp) => (error: Error) => {
  assert.ok(error instanceof UserError, String(error))
  assert.match(error.message, message)
  return true
}
