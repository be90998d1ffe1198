import { z } from 'zod'
import type { ErrorValue } from '#shared/errors.ts'
import { secretFacts } from '#shared/model/secret-names.ts'
import { SecretNeed } from '#shared/model/secrets.ts'

/** What an error asks the user for before work can go on. */
export interface SecretsAsked {
  /** Empty: nothing. */
  readonly needs: readonly SecretNeed[]
  /** Whose secrets they are. */
  readonly what: 'brokers' | 'registry'
  /** Where an environment variable's content would be sent, in the error's words. */
  readonly sentence: string
}

export function secretsAsked(error: ErrorValue | null | undefined): SecretsAsked {
  const details = error?.code === 'connect.secret' ? error.details : undefined
  const parsed = z.array(SecretNeed).safeParse(details?.['needs'])
  return {
    needs: parsed.success ? parsed.data : [],
    what: details?.['what'] === 'registry' ? 'registry' : 'brokers',
    sentence: error?.message ?? '',
  }
}

export function whyWords({ name, why, variable }: SecretNeed, what: SecretsAsked['what']): string {
  const isRegistry = what === 'registry'
  switch (why) {
    case 'unset':
      return `The environment variable ${variable ?? ''} is not set. Set it before starting Seekline, or type the ${secretFacts[name].label} here.`
    case 'changed':
      return `What is stored was entrusted to ${isRegistry ? 'another registry' : 'other brokers'} or security settings than these, so it is asked for again.`
    case 'unagreed':
      return `The environment variable ${variable ?? ''} would be read as the ${secretFacts[name].label}, and sent to ${isRegistry ? 'this registry' : 'these brokers'}.`
    case 'unknown':
      return 'Not known in this run.'
  }
}
