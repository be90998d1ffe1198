import type { TabViewProps } from '../../workbench/tab-view.ts'
import { SubjectPage } from './subject-page.tsx'

/** One subject of the registry: its versions, their content, and what they are related to. */
export function SubjectView({ tabId, intent, isActive }: TabViewProps<'subject'>) {
  const { connectionId, subject, version, compare } = intent
  return (
    <SubjectPage
      // Opening the subject again shows it anew: another version may have been requested.
      key={`${version ?? ''} ${compare ?? ''}`}
      {...{ tabId, isActive, connectionId, subject, version, compare }}
    />
  )
}
