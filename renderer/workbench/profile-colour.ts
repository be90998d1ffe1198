import type { ProfileColour } from '#shared/model/profile.ts'

/** The theme's value for a profile's colour name. */
export function colourOf(colour: ProfileColour): string {
  return `var(--profile-${colour})`
}
