import vm from 'node:vm'

/** The work took longer than allowed: the code that catches this says which work. */
export class TimeLimit extends Error {
  override readonly name = 'TimeLimit'
}

/**
 * Runs work that untrusted input may make endless, such as a regular expression, and stops it at the limit. Only V8 can do
 * that, and only for a script: so a constant script calls the work. The limit is a guard against hanging, far above what real
 * input takes.
 */
export function withinTime<T>(seconds: number, run: () => T): T {
  // Made when first needed: every worker loads this file, and few use it.
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
