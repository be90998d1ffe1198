import type { Direction } from '#shared/contract/offsets.ts'
import type { PlanSummary } from '#shared/offsets/plan-sentence.ts'
import { Button } from '../../ui/button.tsx'
import s from './offsets.module.css'

export interface MoveWaysProps {
  sum: PlanSummary
  only: Direction | undefined
  isDisabled: boolean
  onChoose: (only: Direction | undefined) => void
}

/** Offered if a plan moves in both directions: moving back repeats records, moving forward skips them. */
export function MoveWays({ sum, only, isDisabled, onChoose }: MoveWaysProps) {
  const isBoth = sum.backward > 0 && sum.forward > 0
  if (!isBoth && only === undefined) return null
  return (
    <span className={s.ways} role="group" aria-label="Which way partitions move">
      {only !== undefined && (
        <Button size="small" isDisabled={isDisabled} onPress={() => onChoose(undefined)}>
          Both ways
        </Button>
      )}
      {only !== 'backward' && (
        <Button size="small" isDisabled={isDisabled} onPress={() => onChoose('backward')}>
          Only backwards
        </Button>
      )}
      {only !== 'forward' && (
        <Button size="small" isDisabled={isDisabled} onPress={() => onChoose('forward')}>
          Only forwards
        </Button>
      )}
    </span>
  )
}
