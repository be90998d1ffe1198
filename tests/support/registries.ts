import { startApicurio, type ApicurioVersion, type RunningApicurio } from '../../scripts/lib/apicurio.ts'

export type { RunningApicurio }

/** Both are in use; the newer one needs a newer Java, and is left out if there is none. */
export const apicurioVersions: readonly ApicurioVersion[] = ['2.6.13.Final', '3.3.3']

export async function startRegistries(): Promise<RunningApicurio[]> {
  const started = await Promise.all(apicurioVersions.map((version) => startApicurio(version)))
  return started.filter((one) => one !== null)
}
