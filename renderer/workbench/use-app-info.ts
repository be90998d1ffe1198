import { useEffect, useState } from 'react'
import type { Output } from '#shared/contract/define.ts'
import type { app } from '#shared/contract/app.ts'
import { useApi } from './services.ts'

export type AppInfo = Output<(typeof app)['app.info']>

/** Version, data folder and where secrets are kept; constant while the app runs. */
export function useAppInfo(): AppInfo | undefined {
  const api = useApi()
  const [info, setInfo] = useState<AppInfo>()
  useEffect(() => {
    let isGone = false
    api.call('app.info', {}).then(
      (value) => {
        if (!isGone) setInfo(value)
      },
      // Nothing here depends on it: a broken connection is reported elsewhere.
      () => undefined,
    )
    return () => {
      isGone = true
    }
  }, [api])
  return info
}
