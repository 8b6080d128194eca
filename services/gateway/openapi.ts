/** Generates OpenAPI 3.1 from the contracts. Their schemas are JSON Schema already, so they need no translation. */
import { type Contract, mediaTypeOf, type Operation, type TObject, type TSchema, Type } from '@doran/kernel/contract'
import { kernelErrors } from '@doran/kernel/platform'

export interface OpenApi {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string }
  tags: { name: string }[]
  paths: Record<string, Record<string, OpenApiOperation>>
  components: object
}

export interface OpenApiOperation {
  operationId: string
  summary: string
  tags: string[]
  security?: object[]
  parameters: {
    name: string
    in: 'path' | 'query' | 'header'
    required: boolean
    description?: string
    schema: TSchema
  }[]
  requestBody?: { required: boolean; content: Record<string, { schema: TSchema }> }
  responses: Record<string, object>
  /** The roles of which the caller needs one; empty for any signed-in user. */
  'x-roles'?: readonly string[]
}

/** Describes every public operation. */
export function openApi(services: readonly { readonly contract: Contract }[], info: { version: string }): OpenApi {
  const paths: OpenApi['paths'] = {}
  for (const { contract } of services) {
    for (const [name, operation] of Object.entries(contract.operations)) {
      if (operation.access === 'internal') continue
      const path = `/api${operation.route}`.replace(/:(\w+)/g, '{$1}')
      paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(contract.name, name, operation) }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Doran',
      version: info.version,
      description: 'Money is in minor units of its currency (KRW has none); times are UTC with milliseconds.',
    },
    tags: services.map(({ contract }) => ({ name: contract.name })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: problemSchema },
      responses: {
        Problem: {
          description: 'Why it was refused, or what failed',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  }
}

function describe(service: string, name: string, operation: Operation): OpenApiOperation {
  const { access, body, reply, method } = operation
  const status = String(operation.status ?? (reply ? 200 : 204))
  const inPath = [...(operation.route as string).matchAll(/:(\w+)/g)].map(([, parameter]) => parameter as string)
  return {
    operationId: `${service}.${name}`,
    summary: operation.summary,
    tags: [service],
    ...(access !== 'anyone' && { security: [{ token: [] }], 'x-roles': access === 'user' ? [] : (access as string[]) }),
    parameters: [
      ...inPath.map((parameter) => ({
        name: parameter,
        in: 'path' as const,
        required: true,
        schema: (operation.path?.properties[parameter] ?? { type: 'string' }) as TSchema,
      })),
      ...parametersOf('query', operation.query),
      ...parametersOf('header', operation.headers),
      ...(method === 'GET' || operation.secret ? [] : [idempotencyKey]),
    ],
    ...(body && {
      requestBody: {
        required: true,
        content: {
          [mediaTypeOf(body) ?? 'application/json']: {
            schema: operation.envelope ? Type.Object({ [operation.envelope]: body }) : body,
          },
        },
      },
    }),
    responses: {
      [status]: {
        description: 'Done',
        ...(reply && { content: { [mediaTypeOf(reply) ?? 'application/json']: { schema: reply } } }),
      },
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  description:
    'Repeating the request with the same key within 24 hours gives the same answer and does nothing again. Without a signed-in user it has at least 32 characters, such as a random UUID',
  schema: { type: 'string', minLength: 1, maxLength: 200 } as TSchema,
}

function parametersOf(place: 'query' | 'header', schema: TObject | undefined) {
  return Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: ((schema?.required ?? []) as string[]).includes(name) && !('default' in property),
    ...('description' in property && { description: String(property.description) }),
    schema: property as TSchema,
  }))
}

const problemSchema = {
  type: 'object',
  description: 'RFC 9457 problem',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: {
      type: 'string',
      description: 'Stable; all codes are in docs/errors.md',
      examples: [kernelErrors.validationFailed.code],
    },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    errors: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
  },
}
