import { arch, release, totalmem } from 'node:os'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { diagnostics } from '#shared/contract/diagnostics.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import type { Profile } from '#shared/model/profile.ts'
import type { Registry } from '#shared/model/registry.ts'
import type { Settings } from '#shared/model/settings.ts'
import type { Log } from '../storage/log.ts'
import { readLogs, scrubLine } from '../storage/log.ts'
import { tarGz } from '../storage/tar.ts'

export interface DiagnosticsDependencies {
  version: string
  logFolder: string
  log?: Log
  secrets: () => Iterable<string>
  secretsKeptIn: () => string
  profiles: () => Promise<readonly Profile[]>
  connections: () => readonly ConnectionState[]
  settings: () => Promise<Settings>
}

export function createDiagnosticsService(dependencies: DiagnosticsDependencies): ServiceOf<typeof diagnostics> {
  const { log, logFolder, secrets } = dependencies
  return {
    'diagnostics.note': ({ where, message, stack }) => {
      log?.write('error', 'page', `${where}: ${message}`, stack)
      return Promise.resolve({})
    },

    'diagnostics.bundle': async () => {
      await log?.flush()
      const at = new Date()
      const about = JSON.stringify(await facts(dependencies, at), null, 2)
      const logs = await readLogs(logFolder, ['app', 'server'])
      const texts = [{ name: 'about.json', text: about }, ...logs]
      const hideAddresses = addressHider(await hostsOf(dependencies))
      // Scrubbed once more: a secret may have become known after a line was written.
      const entries = texts.map(({ name, text }) => ({
        name: `seekline-diagnostics/${name}`,
        content: new TextEncoder().encode(hideAddresses(scrubLines(text, secrets()))),
      }))
      return {
        name: `seekline-diagnostics-${at.toISOString().slice(0, 19).replaceAll(':', '-')}.tar.gz`,
        content: tarGz(entries, at),
        files: texts.map(({ name }) => name),
      }
    },
  }
}

/** The hosts that must be hidden: those of profiles, with and without a port. */
async function hostsOf({ profiles }: DiagnosticsDependencies): Promise<string[]> {
  const saved = await profiles().catch(() => [])
  const named = saved.flatMap(({ brokers, addressMap, tls, registry }) => [
    ...(registry === null ? [] : registryHosts(registry)),
    ...brokers,
    ...addressMap.flatMap((entry) => Object.values(entry)),
    ...(tls.serverName === null ? [] : [tls.serverName]),
  ])
  return named.map((address) =>
    String(address)
      .replace(/:\d+$/, '')
      .replaceAll(/^\[|\]$/g, ''),
  )
}

function registryHosts({ urls, auth, proxy }: Registry): string[] {
  const all = [...urls, ...(auth.kind === 'oauth' ? [auth.tokenUrl] : []), ...(proxy === null ? [] : [proxy.url])]
  return all.map((url) => /:\/\/([^/]*)/.exec(url)?.[1] ?? url)
}

/** Counts and kinds; no name, address or path, because the reader need not know them. */
async function facts(dependencies: DiagnosticsDependencies, at: Date): Promise<unknown> {
  const profiles = await dependencies.profiles().catch(() => [])
  const { theme, zone, showInternal } = await dependencies.settings()
  return {
    seekline: dependencies.version,
    at: at.toISOString(),
    versions: process.versions,
    platform: process.platform,
    arch: arch(),
    systemRelease: release(),
    memoryBytes: totalmem(),
    process: { uptimeSeconds: Math.round(process.uptime()), memory: process.memoryUsage() },
    secretsKeptIn: dependencies.secretsKeptIn(),
    settings: { theme, zone, showInternal },
    profiles: profiles.map((profile) => ({
      environment: profile.environment,
      accessMode: profile.accessMode,
      brokers: profile.brokers.length,
      tls: profile.tls.enabled,
      verifies: profile.tls.verify,
      clientCertificate: profile.tls.clientCertificate.kind,
      sasl: profile.sasl.mechanism,
      mappedAddresses: profile.addressMap.length,
      readLimit: profile.readLimit,
      registry: profile.registry === null ? null : { kind: profile.registry.kind, auth: profile.registry.auth.kind },
    })),
    connections: dependencies.connections().map((state) => ({
      status: state.status,
      reason: state.reason?.code ?? null,
      attempt: state.attempt,
      brokers: state.brokers,
      kafkaVersion: state.kafkaVersion,
      accessMode: state.accessMode,
    })),
  }
}

/**
 * Hides hosts: the archive must not tell anybody where a company's brokers are. The same host gets the same number everywhere,
 * so that events about one host can still be related.
 */
function addressHider(hosts: readonly string[]): (text: string) => string {
  const numbers = new Map<string, number>()
  const stand = (host: string): string => {
    const key = host.toLowerCase()
    if (!numbers.has(key)) numbers.set(key, numbers.size + 1)
    return `host-${numbers.get(key)}`
  }
  const known = [...new Set(hosts)].filter((host) => host.length > 2).sort((a, b) => b.length - a.length)
  const literal = known.map((host) => host.replaceAll(/[^\w]/g, '\\$&'))
  const patterns = [
    ...(literal.length === 0 ? [] : [new RegExp(`(?<![\\w.-])(?:${literal.join('|')})(?![\\w-])`, 'gi')]),
    // host:port, but neither file.js:line of a stack, nor a time of day.
    /(?<![\w.:/-])(?!node:)(?=[\w.-]*[a-z])[\w-]+(?:\.[\w-]+)*(?<!\.[cm]?[jt]sx?)(?=:\d{2,5}(?![\d:]))/gi,
    /(?<=:\/\/(?:•••@)?)[\w-]+(?:\.[\w-]+)*(?=[:/\s]|$)/g,
    /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/g,
    /(?<![\w:.])(?:(?=[0-9a-f:]*::)[0-9a-f:]{2,45}|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4})(?![\w:])/gi,
    /(?<=\b(?:ENOTFOUND|EAI_AGAIN|getaddrinfo(?: \w+)?) )[\w-]+(?:\.[\w-]+)*/g,
  ]
  return (text) => patterns.reduce((out, pattern) => out.replaceAll(pattern, (host) => /^host-\d+$/.test(host) ? host : stand(host)), text) // oxfmt-ignore
}

/** Line by line, because {@link scrubLine} limits the length of a text. */
function scrubLines(text: string, secrets: Iterable<string>): string {
  const known = [...secrets]
  return text
    .split('\n')
    .map((line) => scrubLine(line, known))
    .join('\n')
}
