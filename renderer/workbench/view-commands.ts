import { commandOn, subject } from './command.ts'

/** How the view in front reads again what it shows. */
export const refreshing = subject<() => void>('refreshing')
/** How the view in front brings the keyboard to its search. */
export const finding = subject<() => void>('finding')

export const refreshView = commandOn(refreshing, {
  id: 'view.refresh',
  title: 'Refresh this view',
  words: 'reload read again',
  keys: ['F5'],
  menu: 'view',
  run: (refresh) => refresh(),
})

export const findInView = commandOn(finding, {
  id: 'view.find',
  title: 'Find in this view',
  words: 'search filter',
  keys: ['Mod+F'],
  menu: 'view',
  run: (find) => find(),
})
