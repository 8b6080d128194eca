import type { Handler } from '@doran/kernel'
import type { gateway } from '../contract.ts'
import { readRoutes } from '../routes.ts'

export const listRoutes: Handler<typeof gateway, 'listRoutes'> = (_input, ctx) => readRoutes(ctx.db)
