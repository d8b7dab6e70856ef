// Plain JavaScript, as test/run.mjs which prints it.
import { execFileSync } from 'node:child_process'
import { basename } from 'node:path'

/** The lines of a Markdown table of what drills took and how they ended, for docs/drills.md. */
export function drillRows(project, { testResults = [] }) {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, duration, status }) => {
      const file = basename(name, '.test.ts')
      const seconds = ((duration ?? 0) / 1000).toFixed(1)
      return `| ${project === 'drills' ? 'short' : 'long'} | ${file} | ${fullName} | ${seconds} | ${status} |`
    }),
  )
}

/** The table with the day and the commit of the run above it. */
export function drillTable(root, rows) {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root })
  const day = new Date().toISOString().slice(0, 10)
  return [
    `Run ${day} at commit ${commit.toString().trim()}:`,
    '',
    '| class | file | drill | seconds | result |',
    '| ----- | ---- | ----- | ------- | ------ |',
    ...rows,
  ].join('\n')
}
