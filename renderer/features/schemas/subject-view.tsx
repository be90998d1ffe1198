import type { TabViewProps } from '../../workbench/tab-view.ts'
import { SubjectPage } from './subject-page.tsx'

/** One subject of the registry: its versions, what stands in them, and what they hang together with. */
export function SubjectView({ tabId, intent, isActive }: TabViewProps<'subject'>) {
  const { connectionId, subject, version, compare } = intent
  return (
    <SubjectPage
      // What was opened again is looked at anew: another version may have been asked for.
      key={`${version ?? ''} ${compare ?? ''}`}
      {...{ tabId, isActive, connectionId, subject, version, compare }}
    />
  )
}
