import { audited, type Handler } from '@doran/kernel'
import { cachedCategories } from '../categories.ts'
import type { product } from '../contract.ts'
import { categoryUnknown, sellerUnknown } from '../errors.ts'
import { importFile } from '../import/import-file.ts'
import { findSeller, shopOf } from '../sellers.ts'

export const importProducts: Handler<typeof product, 'importProducts'> = async (input, ctx) => {
  const { dryRun = false, ignoreUnknown = false, removeVariants = false, language = 'ko', category } = input
  const sellerId = shopOf(input.sellerId, ctx.actor)
  audited(ctx, { target: { sellerId } })
  if (!(await findSeller(ctx.db, sellerId))) throw sellerUnknown()
  if (category && !(await cachedCategories(ctx)).pathOf.has(category)) throw categoryUnknown({ slug: category })

  const options = { sellerId, dryRun, ignoreUnknown, removeVariants, language, category }
  const report = await importFile(input.body.bytes, options, ctx)
  return report.present(dryRun)
}
