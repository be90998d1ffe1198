import type { Output } from '#shared/contract/define.ts'
import type { RegistryStep, schemas } from '#shared/contract/schemas.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { RegistryClient } from '../../schemas/registry-client.ts'

type Report = Output<(typeof schemas)['schemas.test']>

const order: readonly RegistryStep['step'][] = ['reach', 'sign-in', 'api', 'rights']

const okText: Record<RegistryStep['step'], string> = {
  reach: 'It answers.',
  'sign-in': 'It takes the sign-in.',
  api: 'It speaks the registry API.',
  rights: 'Subjects may be listed.',
}

/** Each step of reaching a registry, tested with one request that needs them all: the list of subjects. */
export async function tryRegistry(
  connect: () => Promise<RegistryClient>,
  urls: readonly string[],
  signal: AbortSignal,
): Promise<Report> {
  const started = performance.now()
  const url = urls.join(', ')
  let client: RegistryClient | null = null
  try {
    client = await connect()
    const subjects = await client.probe(signal)
    const milliseconds = performance.now() - started
    // Optional features, requested together; a failure here is reported where the feature is used.
    await Promise.allSettled([
      client.api.mode(null, { signal }),
      client.api.byGuid('00000000-0000-4000-8000-000000000000', { signal }),
    ])
    const shown = subjects === null ? 'Schemas may be read by the ids that records carry.' : `${subjects.toLocaleString('en')} ${subjects === 1 ? 'subject is' : 'subjects are'} shown.` // oxfmt-ignore
    const steps = order.map((step): RegistryStep => ({ step, url, status: 'ok', message: step === 'rights' ? shown : okText[step], milliseconds })) // oxfmt-ignore
    return { steps, error: null, subjects, lacks: client.lacks() }
  } catch (thrown) {
    if (signal.aborted) throw thrown
    const error = toErrorValue(thrown)
    const failed = failedStep(error.code, thrown)
    const milliseconds = performance.now() - started
    const steps = order.map((step): RegistryStep => {
      if (step === failed) return { step, url, status: 'failed', message: error.message, milliseconds }
      const before = order.indexOf(step) < order.indexOf(failed)
      return { step, url, status: before ? 'ok' : 'skipped', message: before ? okText[step] : 'Not tried.', milliseconds: 0 } // oxfmt-ignore
    })
    return { steps, error, subjects: null, lacks: [] }
  } finally {
    client?.close()
  }
}

function failedStep(code: string, thrown: unknown): RegistryStep['step'] {
  const details = thrown instanceof SeeklineError ? thrown.details : undefined
  if (code === 'connect.secret' || details?.['step'] === 'sign-in') return 'sign-in'
  if (code === 'registry.unauthorised') return details?.['status'] === 403 ? 'rights' : 'sign-in'
  if (code === 'registry.unreachable' || code === 'connect.tls') return 'reach'
  return 'api'
}
