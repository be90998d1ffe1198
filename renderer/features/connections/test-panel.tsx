import type { TestReport, TestStep } from '#shared/contract/connections.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatCount, formatDuration } from '../../ui/format.ts'
import { CheckIcon, CloseIcon, ErrorIcon } from '../../ui/icons.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { AddressList } from '../../shared-views/connection/connection-strip.tsx'
import { unreachableAddresses } from '../../shared-views/connection/connect-store.ts'
import type { TestState } from './profiles-store.ts'
import { secretsAsked, whyWords } from '../../shared-views/secrets/secrets-asked.ts'
import s from './connections.module.css'

export interface TestPanelProps {
  test: TestState
  /** The form has changed since the test. */
  isOld: boolean
  onCancel: () => void
  onClose: () => void
  onMap: (address: string) => void
  /** Tests again with environment variables that the user has now allowed. */
  onAgree: (agreed: readonly string[]) => void
}

const stepNames: Record<TestStep['step'], string> = {
  name: 'Name',
  tcp: 'Port',
  tls: 'TLS',
  versions: 'Versions',
  sasl: 'Sign-in',
  authorisation: 'Rights',
  advertised: 'Advertised',
}

/** The result of a test, step by step, and what to do about the step that failed. */
export function TestPanel({ test, isOld, onCancel, onClose, onMap, onAgree }: TestPanelProps) {
  if (test.status === 'running') {
    return (
      <StateView
        kind="loading"
        layout="strip"
        title="Trying each step: name, port, TLS, versions, sign-in, rights, advertised addresses."
        actions={
          <Button size="small" onPress={onCancel}>
            Cancel
          </Button>
        }
      />
    )
  }
  if (test.status === 'failed') return <ErrorBanner error={test.error} onDismiss={onClose} />
  const { report } = test
  const unreachable = [
    ...unreachableAddresses(report.error),
    ...(report.error === null
      ? report.steps
          .filter((step) => step.step === 'advertised' && step.status === 'failed')
          .map((step) => ({ address: step.broker, message: step.message }))
      : []),
  ]
  const { needs, what } = secretsAsked(report.error)
  const agreed = needs.flatMap(({ agreement }) => agreement ?? [])
  return (
    <section className={s.test} aria-label="Test result">
      <header className={s.testHead}>
        <h3>{headline(report, unreachable.length === 0)}</h3>
        {isOld && <Badge tone="warn">the form was changed since</Badge>}
        <span className={s.grow} />
        <IconButton label="Close the result" size="small" onPress={onClose}>
          <CloseIcon size={13} />
        </IconButton>
      </header>
      <ol className={s.steps}>
        {report.steps.map((step, index) => (
          <li key={`${step.step}-${step.broker}-${index}`} data-status={step.status}>
            <StepMark status={step.status} />
            <span className={s.stepName}>{stepNames[step.step]}</span>
            <span className={s.stepText}>
              <SafeText text={step.message} />{' '}
              {step.status === 'failed' && !step.message.includes(step.broker) && <code>{step.broker}</code>}
            </span>
          </li>
        ))}
      </ol>
      {report.error === null && (
        <p className={s.note}>
          {report.advertised.length} {report.advertised.length === 1 ? 'broker' : 'brokers'}, answered in{' '}
          {formatDuration(Math.max(0, ...report.steps.map((step) => step.milliseconds)))}:{' '}
          <SafeText text={report.advertised.join(', ')} limit={400} />.{' '}
          {report.topics === 0
            ? 'It may hold none yet, or they lack the right to describe topics (Describe on each).'
            : `${formatCount(report.topics ?? 0)} ${report.topics === 1 ? 'topic' : 'topics'} to be seen.`}
        </p>
      )}
      {report.error?.hint !== undefined && needs.length === 0 && <p className={s.hint}>{report.error.hint}</p>}
      {needs.map((need) => (
        <p key={need.name} className={s.hint}>
          {whyWords(need, what)} {need.why !== 'unagreed' && 'Fill it in above and test again.'}
        </p>
      ))}
      {agreed.length > 0 && (
        <div className={s.inline}>
          <Button size="small" onPress={() => onAgree(agreed)}>
            Agree and test again
          </Button>
        </div>
      )}
      {unreachable.length > 0 && <AddressList addresses={unreachable} onMap={onMap} />}
    </section>
  )
}

/** A successful login is not everything: somebody without the right to see or read anything is not told that all is well. */
function headline({ error, topics, readable, kafkaVersion }: TestReport, isAllReached: boolean): string {
  if (error !== null) return 'The test failed.'
  const version = kafkaVersion === null ? '' : ` It looks like Kafka ${kafkaVersion}.`
  if (!isAllReached) return `The cluster answers, but not at every address it advertises.${version}`
  if (topics === 0) return `The cluster answers, and shows these credentials no topic.${version}`
  if (readable?.topics === 0) {
    return `The cluster answers, and lets these credentials see topics, but read ${readable.of < (topics ?? 0) ? `none of the first ${readable.of}` : 'none'}.${version}`
  }
  return `Everything works.${version}`
}

export function StepMark({ status }: { status: TestStep['status'] }) {
  const words = status === 'ok' ? 'passed' : status === 'failed' ? 'failed' : 'not tried'
  return (
    <span className={s.mark} data-status={status} title={words}>
      {status === 'ok' ? <CheckIcon size={13} /> : status === 'failed' ? <ErrorIcon size={13} /> : '–'}
      <span className={s.srOnly}>{words}</span>
    </span>
  )
}
