import { expect } from 'vitest'
import { newRegistry, type Registry } from '#shared/model/registry.ts'
import type { Secrets } from '#shared/model/secrets.ts'
import { openRegistry, type RegistryClient } from '../../electron/schemas/registry-client.ts'
import type { RegistryMode } from '../../electron/schemas/read-only-gate.ts'
import type { RegistryLimits, RegistryTls } from '../../electron/schemas/registry-spec.ts'
import { reverseProxy, type Guard, type ReverseProxy } from './http-proxy.ts'

interface Reach {
  secrets?: Secrets
  tls?: Partial<RegistryTls>
  mode?: RegistryMode
  limits?: Partial<RegistryLimits>
}

export type ProxyTls = Parameters<typeof reverseProxy>[2]

/** No server listens there: a guard answers everything itself. */
const NOBODY = 'http://127.0.0.1:1'

/** Clients of registries, and proxies in front of registries or instead of them; `close` ends them all. */
export function reachRegistries() {
  const ends: (() => unknown)[] = []
  return {
    reach: (
      given: Parameters<typeof newRegistry>[0],
      { secrets = {}, tls, mode = 'read-write', limits = {} }: Reach = {},
    ): RegistryClient => {
      const of: Registry = newRegistry({ kind: 'apicurio', ...given })
      const trust = tls === undefined ? null : { rejectUnauthorized: true, checkHostName: true, ...tls }
      const opened = openRegistry({ registry: of, secrets, tls: trust, userAgent: 'seekline/test', limits }, () => mode)
      ends.push(() => opened.close())
      return opened
    },
    before: async (guard: Guard, tls?: ProxyTls, target = NOBODY): Promise<ReverseProxy> => {
      const proxy = await reverseProxy(target, guard, tls)
      ends.push(proxy.stop)
      return proxy
    },
    subjects: (of: RegistryClient) => of.api.subjects(),
    failing: (work: Promise<unknown>) =>
      work.then(
        () => expect.unreachable('It was expected to fail.'),
        (error: unknown) => error as { code: string; message: string; hint: string; details: Record<string, unknown> },
      ),
    atEnd: (end: () => unknown): void => void ends.push(end),
    close: async () => {
      for (const end of ends.toReversed()) await end()
    },
  }
}
