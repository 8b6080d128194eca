import { productInvalid } from './errors.ts'
import type { Content } from './products.ts'
import { duplicates } from './products.ts'

/** A problem and its path, as in the validation of a schema, for example `variants.2.options`. */
export interface Problem {
  path: string
  message: string
}

/** Raises `product_invalid` unless options and variants are consistent. */
export function assertSound(content: Content): void {
  const problems = findProblems(content)
  if (problems.length === 0) return
  const errors: Record<string, string[]> = {}
  for (const { path, message } of problems) errors[path] = [...(errors[path] ?? []), message]
  throw productInvalid({}, errors)
}

/** Finds problems that the schema cannot express. */
export function findProblems(content: Content): Problem[] {
  return [...problemsOfOptions(content), ...problemsOfVariants(content)]
}

function problemsOfOptions({ options, variants }: Content): Problem[] {
  return options.flatMap(({ values }, option) => {
    const codes = values.map(({ code }) => code)
    const used = new Set(variants.map((variant) => variant.options[option]))
    return [
      ...duplicates(codes).map((code) => ({ path: `options.${option}.values`, message: `has the code ${code} twice` })),
      ...values.flatMap(({ code }, index) =>
        used.has(code) ? [] : { path: `options.${option}.values.${index}`, message: `${code} belongs to no variant` },
      ),
    ]
  })
}

function problemsOfVariants({ options, variants }: Content): Problem[] {
  const skus = new Set<string>()
  const combinations = new Set<string>()
  return variants.flatMap((variant, index) => {
    const problems: Problem[] = []
    const add = (field: string, message: string) => problems.push({ path: `variants.${index}.${field}`, message })
    if (skus.has(variant.sku)) add('sku', 'stands in another variant of this product too')
    if (variant.compareAtPrice !== null && variant.compareAtPrice <= variant.price) {
      add('compareAtPrice', 'must be higher than the price')
    }
    const unknown = variant.options.filter(
      (code, option) => !options[option]?.values.some((value) => value.code === code),
    )
    const combination = variant.options.join(' ')
    if (variant.options.length !== options.length || unknown.length > 0) {
      add('options', `must be one value code of each of the ${options.length} options`)
    } else if (combinations.has(combination)) {
      add(
        'options',
        options.length > 0
          ? 'are those of another variant too'
          : 'must tell it from the other variants, but the product has no options',
      )
    }
    skus.add(variant.sku)
    combinations.add(combination)
    return problems
  })
}
