/** Which code goes into one file. */

/** What the bundler tells of a module. */
interface Modules {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null
}

/**
 * The first code, and the application that follows it, each with everything that it imports: two files instead of the
 * fifty that would come of sharing each part with just those screens that use it. On a slow network every file costs
 * the time until an answer. Screens stay files of their own.
 */
export const chunks = [
  chunkFrom('first', /\/src\/(community-edition\/)?main\.tsx$/, 2),
  chunkFrom('application', /\/src\/application\.tsx$/, 1),
]

/** A file of what the root imports; of two such files the one of higher priority has what both need. */
function chunkFrom(debugName: string, root: RegExp, priority: number) {
  const name = (id: string, modules: Modules) => (isReached(id, root, modules, new Set()) ? debugName : null)
  return { debugName, name, priority }
}

/** Whether the root imports the module, or something that does; what is imported later, when it is needed, is not. */
function isReached(id: string, root: RegExp, modules: Modules, seen: Set<string>): boolean {
  if (root.test(id)) return true
  if (seen.has(id)) return false
  seen.add(id)
  return (modules.getModuleInfo(id)?.importers ?? []).some((importer) => isReached(importer, root, modules, seen))
}
