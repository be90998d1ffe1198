import { expect, it } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { inFrames } from './frame-store.ts'

interface State {
  rows: number
  text: string
}

function framed() {
  const store = createStore<State>(() => ({ rows: 0, text: '' }))
  const due: (() => void)[] = []
  const waits: number[] = []
  const clock = { now: 0 }
  const drawn = inFrames(store, (now, before) => now.text !== before.text, (tell, afterMs) => (due.push(tell), waits.push(afterMs)), () => clock.now) // oxfmt-ignore
  const told: State[] = []
  drawn.subscribe((state) => void told.push(state))
  const frame = () => due.splice(0).forEach((tell) => tell())
  return { store, drawn, told, frame, due, waits, clock }
}

it('tells once a frame what a stream changed many times', () => {
  const { store, drawn, told, frame, due } = framed()
  for (let rows = 1; rows <= 100; rows += 1) store.setState({ rows })
  expect([told.length, due.length, drawn.getState().rows]).toEqual([0, 1, 0])
  frame()
  expect(told).toEqual([{ rows: 100, text: '' }])
  frame()
  expect(told).toHaveLength(1)
})

it('tells an answer to a key at once, with what was due, and not once more in the frame', () => {
  const { store, told, frame } = framed()
  store.setState({ rows: 1 })
  store.setState({ text: 'a' })
  expect(told).toEqual([{ rows: 1, text: 'a' }])
  frame()
  expect(told).toHaveLength(1)
})

it('tells nothing while hidden, and all of it when shown again', () => {
  const { store, drawn, told, frame, due } = framed()
  drawn.show(false)
  store.setState({ rows: 1 })
  store.setState({ text: 'a' })
  expect(due).toHaveLength(0)
  frame()
  expect([told.length, drawn.getState().rows]).toEqual([0, 0])
  drawn.show(true)
  expect(told).toEqual([{ rows: 1, text: 'a' }])
})

it('rests between two tellings of a stream, and after a rest for no longer than what comes with the first', () => {
  const { store, frame, waits, clock } = framed()
  store.setState({ rows: 1 })
  frame()
  clock.now = 30
  store.setState({ rows: 2 })
  clock.now = 200
  frame()
  clock.now = 900
  store.setState({ rows: 3 })
  expect(waits).toEqual([30, 170, 30])
})
