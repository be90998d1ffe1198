export { kcatConsume, kcatProduce, type KcatRecord } from '../../scripts/lib/kcat.ts'
