import { service } from '@doran/kernel'
import { gatewayConfig } from './config.ts'
import { gateway } from './contract.ts'
import * as errors from './errors.ts'
import { clearRoutes } from './operations/clear-routes.ts'
import { listRoutes } from './operations/list-routes.ts'
import { setRoute } from './operations/set-route.ts'

export { type GatewayConfig, gatewayConfig, readRouteTargets } from './config.ts'
export { type DoorOptions, publicDoor } from './door.ts'
export { type OpenApi, type OpenApiOperation, openApi } from './openapi.ts'
export { RouteShares } from './routes.ts'

export default service(gateway, {
  operations: { listRoutes, setRoute, clearRoutes },
  migrations: new URL('./migrations/', import.meta.url),
  errors,
  config: gatewayConfig,
})
