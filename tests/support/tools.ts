export { kcatConsume, kcatGroup, kcatProduce, type KcatRecord } from '../../scripts/lib/kcat.ts'
export { type KafkaTools, type LiveConsumer } from '../../scripts/lib/kafka-tools.ts'
