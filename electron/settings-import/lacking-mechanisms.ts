/** Ways to sign in that settings may name and Seekline does not support, with their names there. */
export interface LackingMechanism {
  /** In a sentence: "sign-in by Kerberos". */
  how: string
  /** In capital letters, without separators. */
  spellings: readonly string[]
  loginModule: string
}

export const lackingMechanisms: readonly LackingMechanism[] = [
  { how: 'Kerberos', spellings: ['GSSAPI', 'KERBEROS'], loginModule: 'Krb5LoginModule' },
  { how: 'OAuth', spellings: ['OAUTHBEARER'], loginModule: 'OAuthBearerLoginModule' },
  { how: 'AWS IAM', spellings: ['AWSMSKIAM', 'AWS'], loginModule: 'IAMLoginModule' },
]
