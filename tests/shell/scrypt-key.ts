/** An EC key for tests alone, encrypted by PBES2 with scrypt: OpenSSL reads it, BoringSSL does not. */
export const scryptKey = {
  passphrase: 'secret1',
  pem: `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAjr6fDvNtu2bQICQAAC
AQgCAQEwHQYJYIZIAWUDBAEqBBCLBqap5YpFeouCHqby+VyxBIGQpzUfgZ1/7AgW
YYrAYq2ZIfokO17lHqeKrWNgbPe+p5Hq4rrTS8OTuspyOa6bcg/hiYvhQ9K2CfHd
KFhlHqSRfwGVkeEj6UBkzcdxOnYDXrQlkkz5barYnvPn1PznXKGJwU/ljWi3zZ5L
OsruAvMErggCZFDQ8bO41jy7Uejtarc+YjfOoQ8qdxR91IFCyCno
-----END ENCRYPTED PRIVATE KEY-----
`,
}
