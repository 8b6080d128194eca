/**
 * The least that a gateway can do: bare node:http that forwards each request with undici, reads the response and
 * returns it.
 */
import { createServer } from 'node:http'
import { Pool } from 'undici'

export interface ForwardRequest {
  /** URL of the service. */
  url: string
}

process.once('message', ({ url }: ForwardRequest) => {
  const pool = new Pool(url)
  const server = createServer(async ({ method, url: path, headers }, response) => {
    const {
      statusCode,
      headers: answered,
      body,
    } = await pool.request({ method: method as 'GET', path: path as string, headers })
    const bytes = Buffer.from(await body.arrayBuffer())
    const { connection, 'keep-alive': _, ...passed } = answered
    response.writeHead(statusCode, passed).end(bytes)
  }).listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }))
})
process.on('disconnect', () => process.exit(0))
