import { arch, release, totalmem } from 'node:os'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { diagnostics } from '#shared/contract/diagnostics.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import type { Profile } from '#shared/model/profile.ts'
import type { Settings } from '#shared/model/settings.ts'
import type { Log } from '../storage/log.ts'
import { readLogs, scrub } from '../storage/log.ts'
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
      // Scrubbed once more: a secret may have become known after a line was written.
      const entries = texts.map(({ name, text }) => ({
        name: `seekline-diagnostics/${name}`,
        content: new TextEncoder().encode(scrubLines(text, secrets())),
      }))
      return {
        name: `seekline-diagnostics-${at.toISOString().slice(0, 19).replaceAll(':', '-')}.tar.gz`,
        content: tarGz(entries, at),
        files: texts.map(({ name }) => name),
      }
    },
  }
}

/** Counts and kinds; no name, address or path, for whoever reads this need not know them. */
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

/** Line by line, because {@link scrub} bounds what one text may hold. */
function scrubLines(text: string, secrets: Iterable<string>): string {
  const known = [...secrets]
  return text
    .split('\n')
    .map((line) => scrub(line, known))
    .join('\n')
}
