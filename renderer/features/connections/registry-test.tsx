import { useRef, useState } from 'react'
import type { Output } from '#shared/contract/define.ts'
import type { RegistryStep, schemas } from '#shared/contract/schemas.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { useApi } from '../../workbench/services.ts'
import { secretsAsked, whyWords } from '../../shared-views/secrets/secrets-asked.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { checkDraft, givenOnly, registrySecretsToSend, type ProfileDraft } from './profile-draft.ts'
import { StepMark } from './test-panel.tsx'
import s from './connections.module.css'

type Report = Output<(typeof schemas)['schemas.test']>

type Tried =
  | { status: 'running'; draft: ProfileDraft }
  | { status: 'done'; draft: ProfileDraft; report: Report }
  | { status: 'failed'; draft: ProfileDraft; error: ErrorValue }

const stepNames: Record<RegistryStep['step'], string> = {
  reach: 'Reach',
  'sign-in': 'Sign-in',
  api: 'API',
  rights: 'Rights',
}

/** Tests the registry as described in the form, step by step, and stores nothing. */
export function RegistryTest({ draft }: { draft: ProfileDraft }) {
  const api = useApi()
  const [tried, setTried] = useState<Tried>()
  const running = useRef<AbortController>(undefined)
  const test = async (agreed: readonly string[] = []) => {
    const checked = checkDraft(draft)
    if (!checked.ok) {
      const message = Object.values(checked.errors)[0] ?? ''
      setTried({ status: 'failed', draft, error: { code: 'profile.invalid', message, retryable: false, hint: 'Complete the form first; saving shows which field is meant.' } }) // oxfmt-ignore
      return
    }
    running.current?.abort()
    const mine = new AbortController()
    running.current = mine
    setTried({ status: 'running', draft })
    const registrySecrets = givenOnly(registrySecretsToSend(draft, checked.profile))
    try {
      const report = await api.call('schemas.test', { profile: checked.profile, registrySecrets, agreed: [...agreed] }, { signal: mine.signal }) // oxfmt-ignore
      if (!mine.signal.aborted) setTried({ status: 'done', draft, report })
    } catch (error) {
      if (!mine.signal.aborted) setTried({ status: 'failed', draft, error: toErrorValue(error) })
    }
  }
  const cancel = () => {
    running.current?.abort()
    setTried(undefined)
  }
  const isRunning = tried?.status === 'running'
  return (
    <div className={s.registryTest}>
      <div className={s.inline}>
        <Button isPending={isRunning} onPress={() => void test()}>
          Test the registry
        </Button>
        {isRunning && (
          <Button variant="quiet" onPress={cancel}>
            Cancel
          </Button>
        )}
        {tried !== undefined && !isRunning && tried.draft !== draft && (
          <Badge tone="warn">the form was changed since</Badge>
        )}
      </div>
      {tried?.status === 'failed' && <ErrorBanner error={tried.error} onDismiss={() => setTried(undefined)} />}
      {tried?.status === 'done' && <RegistryReport report={tried.report} onAgree={(agreed) => void test(agreed)} />}
    </div>
  )
}

function RegistryReport({ report, onAgree }: { report: Report; onAgree: (agreed: readonly string[]) => void }) {
  const { needs, what } = secretsAsked(report.error)
  const agreed = needs.flatMap(({ agreement }) => agreement ?? [])
  return (
    <section aria-label="Test of the registry">
      <div role="status">
        <h4 className={s.registryHead}>{headline(report)}</h4>
      </div>
      <ol className={s.steps}>
        {report.steps.map((step, index) => (
          <li key={`${step.step}-${step.url}-${index}`} data-status={step.status}>
            <StepMark status={step.status} />
            <span className={s.stepName}>{stepNames[step.step]}</span>
            <span className={s.stepText}>
              <SafeText text={step.message} limit={600} />
            </span>
          </li>
        ))}
      </ol>
      {report.lacks.length > 0 && (
        <p className={s.note}>
          <SafeText text={report.lacks.join(' ')} limit={1000} />
        </p>
      )}
      {report.error?.hint !== undefined && needs.length === 0 && <p className={s.hint}>{report.error.hint}</p>}
      {needs.map((need) => (
        <p key={need.name} className={s.hint}>
          {whyWords(need, what)} {need.why !== 'unagreed' && 'Fill it in above and test again.'}
        </p>
      ))}
      {agreed.length > 0 && (
        <Button size="small" onPress={() => onAgree(agreed)}>
          Agree and test again
        </Button>
      )}
    </section>
  )
}

/** A successful login is not everything: somebody without the right to see anything is not told that all is well. */
function headline({ error, subjects }: Report): string {
  if (error !== null) return 'The test of the registry failed.'
  if (subjects === 0) return 'The registry answers, and shows these credentials no subject.'
  if (subjects === null)
    return 'The registry answers. It lists no subjects here; schemas are read by the ids that records carry.'
  return `The registry answers, with ${formatGrouped(subjects)} ${subjects === 1 ? 'subject' : 'subjects'}.`
}
