/** The services as typed functions, made from their contracts: `api.product.getProduct({ productId })`. */
import { article } from '@doran/article/contract'
import { auth } from '@doran/auth/contract'
import { comment } from '@doran/comment/contract'
import { inventory } from '@doran/inventory/contract'
import { httpClient } from '@doran/kernel/client'
import type { Client, Contract } from '@doran/kernel/contract'
import { order } from '@doran/order/contract'
import { payment } from '@doran/payment/contract'
import { product } from '@doran/product/contract'
import { profile } from '@doran/profile/contract'
import { user } from '@doran/user/contract'
import { apiUrl } from './config.ts'
import { takeEarlyAnswer } from './early.ts'
import { freshToken, replaceToken } from './session.ts'

/** The operations that a browser may call: all but internal ones. */
type PublicClient<C extends Contract> = Pick<
  Client<C>,
  {
    [K in keyof C['operations']]: C['operations'][K]['access'] extends 'internal' ? never : K
  }[keyof C['operations']]
>

function client<C extends Contract>(contract: C): PublicClient<C> {
  return httpClient(contract, { baseUrl: '', fetch: send })
}

export const api = {
  article: client(article),
  auth: client(auth),
  comment: client(comment),
  inventory: client(inventory),
  order: client(order),
  payment: client(payment),
  product: client(product),
  profile: client(profile),
  user: client(user),
}

/** Sends a request as the signed-in user. If the API refuses the token, sends it again with a new one. */
async function send(path: string, request: RequestInit): Promise<Response> {
  const url = apiUrl() + path
  const token = await freshToken()
  const early = takeEarlyAnswer(path)
  if (early) return early.catch(() => fetch(url, request))
  const response = await fetch(url, withToken(request, token))
  if (response.status !== 401 || !token || !(await isTokenRefused(response))) return response
  const other = await replaceToken(token)
  return other ? fetch(url, withToken(request, other)) : response
}

function withToken(request: RequestInit, token: string | undefined): RequestInit {
  return token ? { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } } : request
}

async function isTokenRefused(response: Response): Promise<boolean> {
  const problem = await response
    .clone()
    .json()
    .catch(() => undefined)
  return problem?.code === 'token_invalid' || problem?.code === 'token_missing'
}
