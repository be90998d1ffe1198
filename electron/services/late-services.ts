import type { Contract, ServiceOf } from '#shared/contract/define.ts'

type Method = (...call: unknown[]) => Promise<unknown>

/** A part of the contract whose services are loaded when one of them is first called. */
export function lateServices<C extends Contract>(part: C, load: () => Promise<ServiceOf<C>>): ServiceOf<C> {
  const late = (name: string): Method => {
    return async (...call) => ((await load()) as Record<string, Method>)[name]!(...call) // the type of the services demands a method for every route
  }
  return Object.fromEntries(Object.keys(part).map((name) => [name, late(name)])) as ServiceOf<C>
}
