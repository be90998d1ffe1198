import type { SafeStorage } from 'electron'
import type { SecretBox } from './secrets.ts'

type Keychain = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>

/**
 * The system's keychain by way of Electron, where it is real; else null, and secrets live for one run. Call it once
 * the app is ready. Electron is imported only here and only then, so that the rest runs in plain Node.
 */
export async function keychainBox(
  given?: Keychain,
  platform: NodeJS.Platform = process.platform,
): Promise<SecretBox | null> {
  const keychain = given ?? (await import('electron')).safeStorage
  // `basic_text` encrypts with a password that stands in Chromium's source: that is no secret.
  if (platform === 'linux' && ['basic_text', 'unknown'].includes(keychain.getSelectedStorageBackend())) return null
  if (!(await keychain.isAsyncEncryptionAvailable())) return null
  return {
    kind: 'keychain',
    sentence: `Secrets are encrypted with a key that ${keeper(platform)} keeps.`,
    encrypt: async (text) => (await keychain.encryptStringAsync(text)).toString('base64'),
    decrypt: async (sealed) => {
      const { result, shouldReEncrypt } = await keychain.decryptStringAsync(Buffer.from(sealed, 'base64'))
      return { text: result, reEncrypt: shouldReEncrypt }
    },
  }
}

function keeper(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return "macOS' Keychain"
  return platform === 'win32' ? 'Windows (DPAPI)' : "the desktop's keyring"
}
