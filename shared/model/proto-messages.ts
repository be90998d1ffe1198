/** The top-level messages that a .proto text declares, with its package, to choose from. */
export function messagesIn(text: string): string[] {
  const plain = text.replaceAll(/\/\/[^\n]*|\/\*[^]*?\*\//g, ' ').replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""')
  const inPackage = /(?:^|[;}\s])package\s+([\w.]+)\s*;/.exec(plain)?.[1]
  const found: string[] = []
  let depth = 0
  for (const [token, name] of plain.matchAll(/\bmessage\s+(\w+)\s*(?=\{)|[{}]/g)) {
    if (token === '{') depth += 1
    else if (token === '}') depth -= 1
    else if (depth === 0) found.push(inPackage === undefined ? name! : `${inPackage}.${name}`) // the pattern always captures this group
  }
  return found
}
