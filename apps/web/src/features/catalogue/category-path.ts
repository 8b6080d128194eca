import type { CategoryNode } from '@doran/product/contract'

/** The categories from a department down to this one; empty if the category does not exist. */
export function pathTo(slug: string, tree: readonly CategoryNode[]): CategoryNode[] {
  for (const node of tree) {
    if (node.slug === slug) return [node]
    const below = pathTo(slug, node.children)
    if (below.length > 0) return [node, ...below]
  }
  return []
}
