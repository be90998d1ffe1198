import { defineMechanism, userAndPassword } from './define-mechanism.ts'

/** RFC 5802, with the digests that Kafka has. */
const scram = <Bits extends 256 | 512>(bits: Bits) =>
  defineMechanism({
    ...userAndPassword,
    name: `SCRAM-SHA-${bits}`,
    sendsSecrets: false,
    withoutTls:
      'SCRAM without TLS hides the password, but not the data, and weak passwords can be guessed from what is seen.',
    spellings: [`SCRAMSHA${bits}`],
    loginModule: 'ScramLoginModule',
    settings: ({ username }, { password }) => ({ mechanism: `scram-sha-${bits}`, username, password }),
  })

export const scram256 = scram(256)
export const scram512 = scram(512)
