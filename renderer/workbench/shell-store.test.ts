import { expect, it } from 'vitest'
import type { ShellEvent } from '#shared/contract/shell.ts'
import type { Api } from '../api/client.ts'
import { createShellStore } from './shell-store.ts'

it('shows a fault of the main process whatever its details hold', async () => {
  const event: ShellEvent = { kind: 'fault', error: { code: 'internal', message: 'Lost.', retryable: false, details: { offset: 2n ** 60n } } } // oxfmt-ignore
  const api = {
    openStream: (_: string, __: unknown, { onBatch }: { onBatch: (events: ShellEvent[]) => void }) =>
      Promise.resolve().then(() => onBatch([event])),
  } as unknown as Api
  const store = createShellStore(api, { isDesktop: true, runCommand: () => undefined, say: () => undefined })
  await store.listen(new AbortController().signal)
  expect(store.getState().fault?.details).toContain('"1152921504606846976"')
})
