import { contract, del, get, put, type Static, Timestamp, Type } from '@doran/kernel/contract'

const OperationName = Type.String({
  pattern: '^[a-z][a-z-]*\\.([A-Za-z]+|\\*)$',
  maxLength: 200,
  errorMessage: 'must be service.operation, or service.* for all of them',
  description: '`order.placeOrder`, or `order.*` for all operations of a service',
})
const Target = Type.String({
  pattern: '^https?://[^/?#\\s]+$',
  maxLength: 300,
  errorMessage: 'must be a URL without a path, like http://old-shop:8080',
  description: 'URL without a path, at which the same routes answer',
})
const Share = Type.Integer({ minimum: 1, maximum: 100, description: 'Of a hundred accounts or addresses' })

export const Route = Type.Object({ operation: OperationName, target: Target, share: Share, updatedAt: Timestamp })
export type Route = Static<typeof Route>

export const gateway = contract('gateway', {
  listRoutes: get('/gateway/routes', {
    summary: 'Which shares of which operations go to other targets',
    access: ['admin', 'operator'],
    reply: Type.Array(Route),
  }),
  /**
   * For operators only, because a target sees the requests and the tokens of their senders. Throws `operator_required`
   * for administrators, `route_target_not_listed`, `route_operation_fixed` and `route_shares_exceeded`.
   */
  setRoute: put('/gateway/routes/:operation', {
    summary: 'Send a share of an operation’s requests to another target; it counts within a second',
    access: ['admin', 'operator'],
    idempotent: true,
    path: Type.Object({ operation: OperationName }),
    body: Type.Object({ target: Target, share: Share }),
    reply: Route,
  }),
  clearRoutes: del('/gateway/routes/:operation', {
    summary: 'Send all requests for an operation to its service again',
    access: ['admin', 'operator'],
    idempotent: true,
    path: Type.Object({ operation: OperationName }),
  }),
})
