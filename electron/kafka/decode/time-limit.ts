import vm from 'node:vm'

/** It took longer than it may: whoever catches it says what. */
export class TimeLimit extends Error {
  override readonly name = 'TimeLimit'
}

/**
 * Runs what may take endlessly long by what strangers wrote, such as a regular expression, and ends it. Only V8 can do that,
 * and only for a script: so a constant one calls it. The limit is against hanging, far beyond what anything honest takes.
 */
export function withinTime<T>(seconds: number, run: () => T): T {
  // Made when first needed: every worker loads this file, and few check anything.
  const { script, context } = (made ??= { script: new vm.Script('run()'), context: vm.createContext({}) })
  const outer: unknown = context['run']
  context['run'] = run
  try {
    return script.runInContext(context, { timeout: seconds * 1_000 }) as T
  } catch (error) {
    const { code } = (error ?? {}) as { code?: unknown }
    throw code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? new TimeLimit() : error
  } finally {
    context['run'] = outer
  }
}

let made: { script: vm.Script; context: vm.Context } | null = null
