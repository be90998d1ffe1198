import type { Api } from '../../renderer/api/client.ts'
import { createLinkStore } from '../../renderer/api/link.ts'
import { memorySettings } from '../../renderer/stores/settings.ts'
import { createServices } from '../../renderer/workbench/services.ts'

/** The window's services with an app that answers nothing; `asked`: how many calls it has got. A cancelled call fails. */
export function heldServices(): { services: ReturnType<typeof createServices>; asked: () => number } {
  let asked = 0
  const call = (_route: string, _input: unknown, { signal }: { signal?: AbortSignal } = {}) => {
    asked += 1
    return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('cancelled'))))
  }
  const api = { call, openStream: () => new Promise(() => undefined) } as unknown as Api
  const services = createServices(api, createLinkStore({ status: 'connected' }), { settingsPort: memorySettings() })
  return { services, asked: () => asked }
}
