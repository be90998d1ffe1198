import { expect, it } from 'vitest'
import { settled } from '../../tests/support/wait-for.ts'
import { DecodingNews } from './decoding-news.ts'

it('what comes while a follower is told is told as one, and only to those of its connection', async () => {
  const news = new DecodingNews()
  const over = new AbortController()
  const told: unknown[] = []
  let taken = (): void => undefined
  const send = (batch: unknown) => {
    told.push(batch)
    return new Promise<void>((resolve) => (taken = resolve))
  }
  const following = news.follow('a', send, over.signal)
  news.tell('a', { isChosenAnew: false, schemas: 1 })
  news.tell('a', { isChosenAnew: true, schemas: 0 })
  news.tell('a', { isChosenAnew: false, schemas: 1 })
  news.tell('b', { isChosenAnew: true, schemas: 0 })
  taken()
  await settled()
  taken()
  await settled()
  expect(told).toEqual([{ isChosenAnew: false, schemas: 0 }, { isChosenAnew: true, schemas: 2 }]) // oxfmt-ignore
  over.abort()
  await following
  news.tell('a', { isChosenAnew: true, schemas: 0 })
  expect(told).toHaveLength(2)
})
