import type { SafeStorage } from 'electron'
import type { SecretBox } from './secrets.ts'

type Keychain = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>

/**
 * The system's keychain through Electron, if there is a real one; otherwise null, and secrets are kept for one run only. To be
 * called once the app is ready. Electron is imported only here and only then, so that everything else runs in plain Node.
 */
export async function keychainBox(
  given?: Keychain,
  platform: NodeJS.Platform = process.platform,
): Promise<SecretBox | null> {
  const keychain = given ?? (await import('electron')).safeStorage
  // `basic_text` encrypts with a password from Chromium's source code: that protects nothing.
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
