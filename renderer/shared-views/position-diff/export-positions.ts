import { subject } from '../../workbench/command.ts'

/** How the view in front saves its positions as a file. Separate from the menu, which is loaded with the first view. */
export const exportingPositions = subject<() => void>('exporting positions')
