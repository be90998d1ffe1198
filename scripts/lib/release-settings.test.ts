import { describe, expect, it } from 'vitest'
import { homepageOf, updatesOf } from './release-settings.ts'

describe('release settings', () => {
  it('takes updates from a GitHub repository, an https address, or nowhere', () => {
    expect(updatesOf({ SEEKLINE_UPDATES: 'github:acme/seekline' })).toEqual({
      provider: 'github',
      owner: 'acme',
      repo: 'seekline',
    })
    expect(updatesOf({ SEEKLINE_UPDATES: 'https://get.example/seekline' })).toEqual({
      provider: 'generic',
      url: 'https://get.example/seekline',
    })
    expect(updatesOf({})).toBeUndefined()
  })

  it('refuses updates over an open line, and what it does not understand', () => {
    for (const value of ['http://get.example', 'github:acme', 'ftp://x', 'seekline']) {
      expect(() => updatesOf({ SEEKLINE_UPDATES: value })).toThrow(`SEEKLINE_UPDATES is "${value}"`)
    }
  })

  it('finds the home page that deb and rpm need', () => {
    const github = { GITHUB_SERVER_URL: 'https://github.example', GITHUB_REPOSITORY: 'acme/seekline' }
    expect(homepageOf(github)).toBe('https://github.example/acme/seekline')
    expect(homepageOf({ ...github, SEEKLINE_HOMEPAGE: 'https://seekline.example' })).toBe('https://seekline.example')
    expect(homepageOf({})).toBeUndefined()
  })
})
