/**
 * The floor: bare Fastify with the same bytes from memory, and Fastify with raw `pg` and the same SQL. Bare node:http
 * with a small JSON measures the machine.
 */
import { createServer } from 'node:http'
import fastify from 'fastify'
import pg from 'pg'

interface Statement {
  name: string
  text: string
  values: unknown[]
}

export interface FloorRequest {
  databaseUrl: string
  /** Text of the response to `/bytes/<name>`. */
  bytes: Record<string, string>
  /**
   * Statements of `/sql/<name>?n=<index>`, one for each index, and the page size. The extra row of a page is left out.
   */
  sql: Record<string, { statements: Statement[]; limit: number }>
}

process.once('message', async ({ databaseUrl, bytes, sql }: FloorRequest) => {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 24 })
  const app = fastify()
  for (const [name, text] of Object.entries(bytes)) {
    app.get(`/bytes/${name}`, (_request, reply) => reply.type('application/json; charset=utf-8').send(text))
  }
  for (const [name, { statements, limit }] of Object.entries(sql)) {
    app.get<{ Querystring: { n: string } }>(`/sql/${name}`, async (request) => {
      const { rows } = await pool.query(statements[Number(request.query.n) % statements.length] as Statement)
      return limit === 1
        ? rows[0].detail
        : { items: rows.slice(0, limit).map(({ summary }) => summary), next: rows.at(-1)?.id }
    })
  }
  const bare = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ hello: 'world' }))
  }).listen(0, '127.0.0.1')
  await app.listen({ port: 0, host: '127.0.0.1' })
  const portOf = (server: { address(): unknown }) => (server.address() as { port: number }).port
  process.send?.({ port: portOf(app.server), barePort: portOf(bare) })
})
process.on('disconnect', () => process.exit(0))
