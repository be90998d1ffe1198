import type { ReactNode } from 'react'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { Button } from './button.tsx'
import { CopyButton } from './copy-button.tsx'
import { cx } from './class-names.ts'
import { exactJson } from './exact-json.ts'
import { ErrorIcon, WarnIcon } from './icons.ts'
import { SafeText } from './safe-text.tsx'
import { StateView } from './state-view.tsx'
import s from './state-view.module.css'

export interface ErrorBannerProps {
  /** A SeeklineError, an ErrorValue, or anything thrown. */
  error: unknown
  /** What the error means for the view; shown before the error's own message. */
  lead?: string | undefined
  onRetry?: (() => void) | undefined
  onDismiss?: (() => void) | undefined
  tone?: 'bad' | 'warn' | undefined
  actions?: ReactNode
}

/** An error where it happened: message, next step, code; details can be copied for a ticket. */
export function ErrorBanner({ error, lead, onRetry, onDismiss, tone = 'bad', actions }: ErrorBannerProps) {
  const value = errorValueOf(error)
  const Icon = tone === 'bad' ? ErrorIcon : WarnIcon
  return (
    <div role="alert" className={cx(s.banner, tone === 'warn' && s.warnBanner)}>
      <Icon size={15} className={cx(s.bannerIcon)} aria-hidden="true" />
      <div className={s.bannerText}>
        <p className={s.message}>
          {lead !== undefined && `${lead} `}
          <SafeText text={value.message} />
        </p>
        {value.hint !== undefined && (
          <p className={s.hint}>
            <SafeText text={value.hint} />
          </p>
        )}
        <code className={s.code}>{value.code}</code>
      </div>
      <div className={s.bannerActions}>
        {actions}
        {onRetry !== undefined && (
          <Button size="small" onPress={onRetry}>
            Try again
          </Button>
        )}
        <CopyButton label="Copy details" text={() => exactJson(value)} />
        {onDismiss !== undefined && (
          <Button size="small" variant="quiet" onPress={onDismiss}>
            Dismiss
          </Button>
        )}
      </div>
    </div>
  )
}

const deniedCodes: ReadonlySet<string> = new Set([
  'kafka.unauthorised',
  'connect.authorisation',
  'registry.unauthorised',
])

/** The same error in place of a whole view. Missing rights are a separate state, because trying again does not help. */
export function ErrorState({ error, onRetry, actions }: Pick<ErrorBannerProps, 'error' | 'onRetry' | 'actions'>) {
  const value = errorValueOf(error)
  const denied = deniedCodes.has(value.code)
  return (
    <StateView
      kind={denied ? 'unauthorised' : 'error'}
      title={value.message}
      actions={
        <>
          {actions}
          {onRetry !== undefined && <Button onPress={onRetry}>Try again</Button>}
          <CopyButton isLabelled size="normal" label="Copy details" text={() => exactJson(value)} />
        </>
      }
    >
      {value.hint !== undefined && <p>{value.hint}</p>}
      <code>{value.code}</code>
    </StateView>
  )
}

function errorValueOf(error: unknown): ErrorValue {
  const isValue =
    typeof error === 'object' && error !== null && !(error instanceof Error) && 'code' in error && 'message' in error
  return isValue ? (error as ErrorValue) : toErrorValue(error)
}
