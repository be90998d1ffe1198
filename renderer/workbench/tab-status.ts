import { useEffect } from 'react'
import { useServices, type TabStatus } from './services.ts'

/** Shows a tab's text in the status bar while the tab is in front. Memoise `status`, or it is set on each render. */
export function useTabStatus(tabId: string, status: TabStatus): void {
  const { statuses } = useServices()
  useEffect(() => {
    statuses.setState({ [tabId]: status })
  }, [statuses, tabId, status])
  useEffect(() => () => statuses.setState({ [tabId]: {} }), [statuses, tabId])
}
