import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { errorsOf } from '../../server/loaders.ts'
import { services } from '../../server/services.ts'
import { errorMessages } from '../src/api/error-messages.ts'

/** Errors that no screen can cause: those of sellers, administrators, other services, and programming mistakes. */
const NOT_SHOWN = new Set([
  'account_not_found',
  'account_of_another',
  'brand_exists',
  'brand_unknown',
  'category_cycle',
  'category_exists',
  'category_too_deep',
  'category_unknown',
  'certificate_missing',
  'csv_header_invalid',
  'csv_is_workbook',
  'csv_not_utf8',
  'csv_too_large',
  'headers_too_large',
  'idempotency_key_invalid',
  'idempotency_key_too_short',
  'imports_busy',
  'malformed_body',
  'malformed_request',
  'not_our_service',
  'not_your_profile',
  'own_admin_role',
  'payment_mismatch',
  'payment_not_authorised',
  'order_not_held',
  'product_invalid',
  'product_key_taken',
  'product_not_yours',
  'product_outdated',
  'quantity_too_large',
  'refund_mismatch',
  'refund_refused',
  'refund_too_large',
  'reservation_mismatch',
  'reservation_released',
  'reservation_unknown',
  'operator_required',
  'route_operation_fixed',
  'route_shares_exceeded',
  'route_target_not_listed',
  'seller_unknown',
  'shop_not_yours',
  'sku_not_yours',
  'sku_taken',
  'slug_taken',
  'stock_too_low',
  'unsupported_media_type',
  'user_id_taken',
  'webhook_provider_unknown',
  'webhook_signature_invalid',
  'webhook_stale',
  'webhook_unreadable',
])

const { devDependencies: uses } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const GENERAL = ['offlineTitle', 'offline', 'unknownTitle', 'unknown', 'notFoundTitle', 'refusedTitle']
const explained = Object.keys(errorMessages.ko).filter((key) => !GENERAL.includes(key))
/** Of the services that the application calls, and of the door before them. */
const called = services.filter(({ contract: { name } }) => name === 'gateway' || `@doran/${name}` in uses)
const codes = errorsOf(called).map(({ code }) => code)

test('every error that a visitor can meet is explained in both languages', () => {
  const missing = codes.filter((code) => !explained.includes(code) && !NOT_SHOWN.has(code))

  assert.deepEqual(missing, [], 'put them into error-messages.ts, or here when no screen can cause them')
})

test('every explained error exists', () => {
  assert.deepEqual(
    explained.filter((code) => !codes.includes(code)),
    [],
  )
})
