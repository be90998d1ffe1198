import { z } from 'zod'

// zod's fast path is compiled with `new Function`, and even trying that is reported as a CSP violation. Each object schema
// decides when it is made, so this must be imported before the first module that makes one.
z.config({ jitless: true })
