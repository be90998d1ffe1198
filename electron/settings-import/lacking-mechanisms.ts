/** Ways to sign in that settings name and Seekline lacks, by the names they go by there. */
export interface LackingMechanism {
  /** In a sentence: "sign-in by Kerberos". */
  how: string
  /** In capital letters, without what joins them. */
  spellings: readonly string[]
  loginModule: string
}

export const lackingMechanisms: readonly LackingMechanism[] = [
  { how: 'Kerberos', spellings: ['GSSAPI', 'KERBEROS'], loginModule: 'Krb5LoginModule' },
  { how: 'OAuth', spellings: ['OAUTHBEARER'], loginModule: 'OAuthBearerLoginModule' },
  { how: 'AWS IAM', spellings: ['AWSMSKIAM', 'AWS'], loginModule: 'IAMLoginModule' },
]
