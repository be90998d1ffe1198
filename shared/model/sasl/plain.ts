import { defineMechanism, userAndPassword } from './define-mechanism.ts'

/** RFC 4616. */
export const plain = defineMechanism({
  ...userAndPassword,
  name: 'PLAIN',
  sendsSecrets: true,
  withoutTls: 'PLAIN without TLS sends the password readable to everybody on the way.',
  spellings: ['PLAIN'],
  loginModule: 'PlainLoginModule',
  settings: ({ username }, { password }) => ({ mechanism: 'plain', username, password }),
})
