import type { InputProblem } from '#shared/contract/produce.ts'
import { Button } from '../../ui/button.tsx'
import type { CodePlace } from '../../ui/code-editor.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { placeWords } from './produce-words.ts'
import s from './produce.module.css'

/** More errors are mostly of one kind: text that is not JSON, or a list of invalid items. */
const SHOWN = 20

export interface ProblemsProps {
  of: string
  text: string
  problems: readonly InputProblem[]
  onGo: (place: CodePlace) => void
}

/** The errors that keep the text from being encoded, each with a link to its place. */
export function Problems({ of, text, problems, onGo }: ProblemsProps) {
  return (
    <ul className={s.problems} aria-label={`Problems of the ${of.toLowerCase()}`} aria-live="polite">
      {problems.slice(0, SHOWN).map((problem, index) => (
        <li key={index}>
          {problem.at !== null && (
            <Button size="small" variant="link" onPress={() => onGo({ at: problem.at })}>
              {placeWords(text, problem.at)}
            </Button>
          )}
          <span>
            <SafeText text={problem.message} limit={600} />
            {problem.path !== '' && !problem.message.includes(problem.path) && (
              <>
                {' '}
                <code>
                  <SafeText text={problem.path} limit={200} />
                </code>
              </>
            )}
          </span>
        </li>
      ))}
      {problems.length > SHOWN && <li>and {problems.length - SHOWN} more</li>}
    </ul>
  )
}
