import { Component, type ReactNode } from 'react'
import { toErrorValue } from '#shared/errors.ts'
import { Button } from '../ui/button.tsx'
import { ErrorState } from '../ui/error-banner.tsx'

interface Props {
  children: ReactNode
  /** What failed, for the sentence: "orders · messages". */
  name: string
  onClose?: (() => void) | undefined
  /** Logs it; the sentence itself is shown here. */
  onFault?: ((name: string, error: unknown) => void) | undefined
}

/** Contains the error of one view, so that the others keep working. */
export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: undefined }

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error }
  }

  override componentDidCatch(error: unknown): void {
    this.props.onFault?.(this.props.name, error)
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === undefined) return this.props.children
    return (
      <ErrorState
        error={new Error(`“${this.props.name}” stopped working: ${toErrorValue(error).message}`)}
        onRetry={() => this.setState({ error: undefined })}
        actions={this.props.onClose && <Button onPress={this.props.onClose}>Close tab</Button>}
      />
    )
  }
}
