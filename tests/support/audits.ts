/**
 * The audits by axe of all views and dialogs that the page registers. `renderer/app/audits.test.ts` fails for a view or a dialog
 * that is missing here, and for a name that no end-to-end test audits.
 */

/** A target for each kind of tab, as settings store them; none of them exists on a fresh cluster. */
export const viewTargets: Readonly<Record<string, object>> = {
  profiles: {},
  cluster: { connectionId: 'fresh' },
  topics: { connectionId: 'fresh' },
  topic: { connectionId: 'fresh', topic: 'orders' },
  messages: { connectionId: 'fresh', topic: 'orders' },
  search: { connectionId: 'fresh', topics: '^orders' },
  groups: { connectionId: 'fresh' },
  group: { connectionId: 'fresh', group: 'billing' },
  history: { connectionId: 'fresh', group: 'billing' },
  stuck: { connectionId: 'fresh', group: 'billing', topic: 'orders', partition: 0 },
  plan: { connectionId: 'fresh', group: 'billing' },
  step: { connectionId: 'fresh', group: 'billing', topics: ['orders'] },
  plans: { connectionId: 'fresh', groups: ['billing', 'late'] },
  delete: { connectionId: 'fresh', group: 'billing' },
  cleaning: { connectionId: 'fresh' },
  compare: { connectionId: 'fresh' },
  produce: { connectionId: 'fresh', topic: 'orders', partition: 0, offset: '0' },
  replay: { connectionId: 'fresh', topic: 'orders' },
  schemas: { connectionId: 'fresh' },
  subject: { connectionId: 'fresh', subject: 'orders-value' },
  schema: { connectionId: 'fresh', schema: '{"by":"id","id":41}' },
  schemaDraft: { connectionId: 'fresh', subject: 'orders-value' },
  schemaChange: { connectionId: 'fresh', what: 'delete', subject: 'orders-value' },
  journal: {},
}

/** The audits of each view with content in it. `tests/e2e/view-states.test.ts` audits its other states. */
export const shownAudits: Readonly<Record<string, readonly string[]>> = {
  profiles: ['first run', 'a profile to edit', 'registry-form', 'the choice of a cluster'],
  cluster: ['a cluster', 'the throughput of brokers'],
  topics: ['topics', 'topics that gain'],
  topic: ['a topic', 'the throughput of a topic'],
  messages: ['messages', 'messages from an anchor', 'a record', 'a search', 'many matches', 'a deleted topic'],
  search: ['a search of several topics', 'topics to search'],
  groups: ['groups', 'groups-lag'],
  group: ['a group', 'a group with members', 'group-lag', 'group-lag-numbers', 'a moment of a group'],
  history: ['the history of a group'],
  stuck: ['a stuck partition'],
  plan: ['a plan', 'a conflict', 'an applied plan', 'a read-only plan', 'an armed plan', 'a record beside a plan'],
  step: ['a group to step', 'a group that is stepped', 'a group that was stepped'],
  plans: ['a plan for several groups', 'arming several plans', 'several groups that were moved'],
  delete: ['the plan to delete positions', 'deleted positions', 'a deleted group'],
  cleaning: ['what can be cleaned', 'the plan to clean', 'what was cleaned'],
  compare: ['all positions', 'a comparison', 'two clusters'],
  produce: ['a new record', 'produce-plan', 'produce-receipt', 'produce-read-only'],
  replay: ['a replay to plan', 'a replay from an anchor', 'a replay plan', 'a receipt'],
  schemas: ['schemas', 'schemas-none'],
  subject: ['subject', 'compare-lines'],
  schema: ['schema-of-a-record'],
  schemaDraft: ['draft', 'draft-refused'],
  schemaChange: ['compatibility', 'delete', 'undo'],
  journal: ['the journal'],
}

/** Dialogs and other layers above a view, by the file that draws them. */
export const dialogAudits: Readonly<Record<string, string>> = {
  'renderer/app/app.tsx': 'the shortcuts',
  'renderer/app/command-palette.tsx': 'the palette',
  'renderer/app/link-dialog.tsx': 'a link',
  'renderer/app/zone-menu.tsx': 'another zone',
  'renderer/features/cluster/sent-chip.tsx': 'what was sent',
  'renderer/features/connections/profile-editor.tsx': 'the question before more may be changed',
  'renderer/features/connections/profiles-view.tsx': 'the question before a profile goes',
  'renderer/features/groups/limit-dialog.tsx': 'limits of a group',
  'renderer/features/groups/history-replay.tsx': 'what to replay of a history',
  'renderer/features/messages/compare-dialog.tsx': 'panel-compare',
  'renderer/features/messages/counts-dialog.tsx': 'counts of all values',
  'renderer/features/messages/decode-dialog.tsx': 'decode-as',
  'renderer/features/messages/export-dialog.tsx': 'the export',
  'renderer/features/messages/partition-offsets.tsx': 'offsets of partitions',
  'renderer/features/messages/saved-filters.tsx': 'a filter to save',
  'renderer/features/messages/searches-dialog.tsx': 'kept searches',
  'renderer/features/messages/try-filter-dialog.tsx': 'a filter that is tried',
  'renderer/features/offsets/topic-adder.tsx': 'topics to add',
  'renderer/features/produce/templates-dialog.tsx': 'produce-templates',
  'renderer/shared-views/anchors/anchors-dialog.tsx': 'anchors',
  'renderer/shared-views/armed/arm-dialog.tsx': 'arming a plan',
  'renderer/shared-views/armed/armed-dialog.tsx': 'the list of armed plans',
  'renderer/shared-views/plan-frame/apply-button.tsx': 'the question before it is applied',
}

/** Only the desktop app opens these, where axe does not run. */
export const withoutAudit = ['renderer/app/closing-dialog.tsx']
