import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../build/command.ts'
import type { Context } from '../context.ts'
import { writePrivate } from '../files.ts'
import { StartError } from '../start-error.ts'
import type { Part } from '../supervise.ts'

const settings = [
  'log.flush.interval.messages=1',
  'auto.create.topics.enable=false',
  // a broker that was killed may register again only after this time (9 s by default)
  'broker.session.timeout.ms=4000',
  'broker.heartbeat.interval.ms=500',
]

/** One Kafka broker that is its own controller; a record is on disk before it is acknowledged. */
export function kafka(context: Context): Part {
  return {
    name: 'kafka',
    rank: 2,
    command: 'java',
    args: [
      ...['-Xmx384m', '-Xms128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
      ...['-cp', classPath(context), 'kafka.Kafka', propertiesFile(context)],
    ],
    ready: async (log) => log().includes('Kafka Server started'),
  }
}

/** Writes the broker's settings and, the first time, its storage. */
export async function prepareKafka(context: Context, signal: AbortSignal): Promise<void> {
  const { data, ports, secrets } = context
  const template = new URL('../stack/kafka/server.properties', import.meta.url)
  const logs = join(data, 'kafka')
  const properties = readFileSync(template, 'utf8')
    .replaceAll('29092', String(ports.kafka))
    .replaceAll('29093', String(ports.kafkaController))
    .replaceAll('DATA_DIR', logs)
  writePrivate(propertiesFile(context), `${[properties.trimEnd(), ...settings].join('\n')}\n`)
  if (existsSync(join(logs, 'meta.properties'))) return
  const format = ['kafka.tools.StorageTool', 'format', '-t', secrets.kafkaCluster]
  const { code, output } = await runCommand(
    'java',
    [
      '-XX:TieredStopAtLevel=1',
      '-cp',
      classPath(context),
      ...format,
      '-c',
      propertiesFile(context),
    ],
    { signal },
  )
  signal.throwIfAborted()
  if (code !== 0) throw new StartError(`Kafka cannot format its storage ${logs}:\n${output}`)
}

function propertiesFile({ data }: Context): string {
  return join(data, 'kafka.properties')
}

function classPath({ programs }: Context): string {
  return join(programs.command('kafka', 'libs'), '*')
}
