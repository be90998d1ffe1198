import { newRegistry, type Registry, type RegistryAuth, type RegistryKind } from '#shared/model/registry.ts'
import { tlsDraftOf, tlsSettingsOf, tlsTexts, type TlsDraft } from './tls-draft.ts'

/** A profile's schema registry as a form holds it; fields that another choice hides keep their text. */
export interface RegistryDraft extends TlsDraft {
  /** If false, the profile names no registry and nothing typed here is stored. */
  readonly isUsed: boolean
  readonly kind: RegistryKind
  /** As typed: addresses separated by commas, spaces or lines. */
  readonly urls: string
  readonly context: string
  readonly auth: RegistryAuth['kind']
  readonly username: string
  readonly tokenUrl: string
  readonly clientId: string
  readonly scope: string
  readonly logicalCluster: string
  readonly identityPool: string
  readonly accessKeyId: string
  /** Empty: no proxy. */
  readonly proxyUrl: string
  readonly proxyUsername: string
  readonly references: Registry['secretReferences']
}

export function registryDraftOf(registry: Registry | null): RegistryDraft {
  const { kind, urls, context, auth, tls, proxy, secretReferences } = registry ?? newRegistry()
  const text = (name: string): string => {
    const value = (auth as Readonly<Record<string, unknown>>)[name]
    return typeof value === 'string' ? value : ''
  }
  return {
    isUsed: registry !== null,
    kind,
    urls: registry === null ? '' : urls.join(', '),
    context,
    auth: auth.kind,
    username: text('username'),
    tokenUrl: text('tokenUrl'),
    clientId: text('clientId'),
    scope: text('scope'),
    logicalCluster: text('logicalCluster'),
    identityPool: text('identityPool'),
    accessKeyId: text('accessKeyId'),
    proxyUrl: proxy?.url ?? '',
    proxyUsername: proxy?.username ?? '',
    references: secretReferences,
    ...tlsDraftOf(tls),
  }
}

/** The settings in the shape that the schema validates. */
export function registrySettingsOf(draft: RegistryDraft) {
  if (!draft.isUsed) return null
  const proxyUser = draft.proxyUsername.trim()
  return {
    kind: draft.kind,
    urls: draft.urls.split(/[,;\s]+/).filter((part) => part !== ''),
    context: draft.context,
    auth: authOf(draft),
    tls: tlsSettingsOf(draft, usesTls(draft)),
    proxy: draft.proxyUrl.trim() === '' ? null : { url: draft.proxyUrl, username: proxyUser === '' ? null : proxyUser },
    secretReferences: draft.references,
  }
}

export function usesTls({ urls, auth, tokenUrl }: RegistryDraft): boolean {
  return /https:\/\//i.test(urls) || (auth === 'oauth' && /^\s*https:/i.test(tokenUrl))
}

/** Only Glue uses an access key for authentication. */
export function withKind(draft: RegistryDraft, kind: RegistryKind): RegistryDraft {
  const auth = kind === 'glue' ? 'aws' : draft.auth === 'aws' ? 'none' : draft.auth
  return { ...draft, kind, auth }
}

/** The typed text of the fields that must not be empty, by their path. */
export function registryTexts(draft: RegistryDraft): Record<string, string> {
  return {
    'registry.urls': draft.urls,
    'registry.auth.username': draft.username,
    'registry.auth.tokenUrl': draft.tokenUrl,
    'registry.auth.clientId': draft.clientId,
    'registry.auth.accessKeyId': draft.accessKeyId,
    ...tlsTexts(draft, 'registry.tls'),
  }
}

function authOf(draft: RegistryDraft) {
  const cloud = { logicalCluster: draft.logicalCluster.trim(), identityPool: draft.identityPool.trim() }
  switch (draft.auth) {
    case 'none':
      return { kind: 'none' }
    case 'basic':
      return { kind: 'basic', username: draft.username.trim() }
    case 'bearer':
      return { kind: 'bearer', ...cloud }
    case 'oauth':
      return { kind: 'oauth', tokenUrl: draft.tokenUrl, clientId: draft.clientId.trim(), scope: draft.scope.trim(), ...cloud } // oxfmt-ignore
    case 'aws':
      return { kind: 'aws', accessKeyId: draft.accessKeyId.trim() }
  }
}
