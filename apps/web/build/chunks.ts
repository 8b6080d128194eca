/** Decides which modules share a file. */

/** What the bundler knows about a module. */
interface Modules {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null
}

/**
 * The first code, and the application that follows it, each with all its imports. That makes two files instead of the
 * fifty that result from splitting each shared part by the screens that use it. On a slow network every file costs a
 * round trip. Screens stay separate files.
 */
export const chunks = [
  chunkFrom('first', /\/src\/(community-edition\/)?main\.tsx$/, 2),
  chunkFrom('application', /\/src\/application\.tsx$/, 1),
]

/** Groups all imports of the root into one file. Modules in two groups go to the one with the higher priority. */
function chunkFrom(debugName: string, root: RegExp, priority: number) {
  const name = (id: string, modules: Modules) => (isReached(id, root, modules, new Set()) ? debugName : null)
  return { debugName, name, priority }
}

/** Whether the root imports the module statically, directly or through others. Dynamic imports do not count. */
function isReached(id: string, root: RegExp, modules: Modules, seen: Set<string>): boolean {
  if (root.test(id)) return true
  if (seen.has(id)) return false
  seen.add(id)
  return (modules.getModuleInfo(id)?.importers ?? []).some((importer) => isReached(importer, root, modules, seen))
}
