import { memo } from 'react'
import { cx } from './class-names.ts'
import { seeklineShape, type SeeklineFacts } from './seekline-model.ts'
import s from './seekline.module.css'

export interface SeeklineProps extends SeeklineFacts {
  /** Text before the description, e.g. "Partition 3". */
  label?: string | undefined
  className?: string | undefined
}

const groupColours = [s.one, s.two, s.three, s.four, s.five]

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`

/** The colour of a group's ticks. */
export function GroupMark({ series }: { series: number }) {
  return (
    <svg width="10" height="10" aria-hidden="true" className={cx(s.mark)}>
      <line x1="5" x2="5" y1="0" y2="10" className={cx(s.group, groupColours[series % groupColours.length])} />
    </svg>
  )
}

/**
 * A partition drawn as a line: its log start and high watermark, the group's position, the position it would move to, and the
 * records between.
 */
export const Seekline = memo(function Seekline({ label, className, ...facts }: SeeklineProps) {
  const shape = seeklineShape(facts)
  const words = label === undefined ? shape.words : `${label}: ${shape.words}`
  const { position, target, span } = shape
  const line = (x1: number, x2: number, name: string) => (
    <line x1={percent(x1)} x2={percent(x2)} y1="10" y2="10" className={name} />
  )
  const tick = (at: number, half: number, name: string) => (
    <line x1={percent(at)} x2={percent(at)} y1={10 - half} y2={10 + half} className={name} />
  )
  return (
    <svg role="img" aria-label={words} className={cx(s.glyph, className)} height="20">
      <title>{words}</title>
      {line(shape.trackStart, shape.trackEnd, cx(s.track, shape.wanted !== undefined && s.around))}
      {shape.wanted !== undefined && line(shape.wanted.start, shape.wanted.end, cx(s.wanted))}
      {shape.read.map(({ start, end }) => (
        <line key={start} x1={percent(start)} x2={percent(end)} y1="10" y2="10" className={cx(s.span, s.range)} />
      ))}
      {shape.found.map((at) => (
        <line key={at} x1={percent(at)} x2={percent(at)} y1="3" y2="17" className={cx(s.found)} />
      ))}
      {shape.lastStable !== undefined && line(shape.lastStable, shape.trackEnd, cx(s.unstable))}
      {position?.offTrack !== undefined &&
        line(position.at, position.offTrack === 'before' ? shape.trackStart : shape.trackEnd, cx(s.lead))}
      {span !== undefined && line(span.start, span.end, cx(s.span, span.kind !== 'repeat' && s[span.kind]))}
      {tick(shape.trackStart, 6, cx(s.end))}
      {tick(shape.trackEnd, 6, cx(s.end))}
      {shape.groups.map(({ at, offTrack, series, words: who }) => (
        <g key={at}>
          <title>{who}</title>
          {/* A tick alone is too narrow to be pointed at. */}
          <line x1={percent(at)} x2={percent(at)} y1="0" y2="20" className={cx(s.aim)} />
          {tick(
            at,
            series === undefined ? 9 : 7,
            cx(s.group, offTrack !== undefined ? s.off : groupColours[(series ?? -1) % groupColours.length]),
          )}
        </g>
      ))}
      {position !== undefined && tick(position.at, 8, cx(s.position, position.offTrack !== undefined && s.off))}
      {target !== undefined && tick(target.at, 9, cx(s.target, target.offTrack !== undefined && s.off))}
    </svg>
  )
})
