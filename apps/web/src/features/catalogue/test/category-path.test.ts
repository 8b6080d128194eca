import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CategoryNode } from '@doran/product/contract'
import { pathTo } from '../category-path.ts'

const named = (slug: string, ...children: CategoryNode[]): CategoryNode => ({
  slug,
  name: { ko: slug, en: slug },
  position: 0,
  children,
})
const TREE = [named('food', named('tea', named('green-tea')), named('rice')), named('living')]

test('a category is found with all that is above it', () => {
  const path = pathTo('green-tea', TREE)

  assert.deepEqual(
    path.map(({ slug }) => slug),
    ['food', 'tea', 'green-tea'],
  )
})

test('an unknown category has no path', () => {
  assert.deepEqual(pathTo('cars', TREE), [])
})
