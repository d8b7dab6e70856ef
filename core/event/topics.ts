/** The Kafka topics, created explicitly; auto-create is off. */
export const topics = {
  events: 'driftless.events',
  deadLetters: 'driftless.events.dlq',
  decisions: 'driftless.decisions',
  deployments: 'driftless.deployments',
  cdEvents: 'driftless.cdevents',
} as const
