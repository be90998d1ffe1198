import type { ProfileId } from '#shared/model/ids.ts'
import { SeeklineError } from '#shared/errors.ts'
import { toastFailure } from '../ui/toast.tsx'
import { useServices } from './services.ts'

/** Connects and shows the topics; if a secret is missing or the profile must be corrected, the profiles view asks for it. */
export function useOpenProfile({ isQuiet = false } = {}): (id: ProfileId) => Promise<void> {
  const { connections, navigation } = useServices()
  return async (id) => {
    try {
      const state = await connections.open(id)
      // From a restored tab the user wants that tab, not the list of topics.
      if (!isQuiet) navigation.open({ kind: 'topics', connectionId: state.connectionId })
    } catch (error) {
      if (!(error instanceof SeeklineError) || error.code !== 'call.cancelled') {
        navigation.open({ kind: 'profiles', profileId: id })
        // The profile's view shows why connecting failed; shown twice it would look like two failures.
        if (!(error instanceof SeeklineError && error.code.startsWith('connect.'))) toastFailure(error)
      }
    }
  }
}
