import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import {
  login as beginSession,
  connect,
  type ServerOptions,
  withServer,
} from '../client/connect.ts'
import { keepContext, readContexts, writeContexts } from '../client/contexts.ts'
import { readLocalStart } from '../client/local-start.ts'
import { createRemote, serverUrl } from '../client/remote.ts'
import { readClientSettings } from '../config.ts'
import { CommandEnd } from '../exit.ts'
import { askSecretly } from '../output/question.ts'
import { table } from '../output/table.ts'

type LoginOptions = {
  readonly username: string
  readonly password?: string
  readonly plaintext?: boolean
  readonly insecure?: boolean
}

/** `login`, `logout` and `context`. */
export function addLogin(program: Command): void {
  program
    .command('login [server]')
    .description('begin a session with a server; it is used from then on')
    .option('--username <name>', 'who', 'admin')
    .option('--password <password>', 'asked for when it is left out; - reads standard input')
    .option('--plaintext', 'talk http where the address names no scheme')
    .option('--insecure', 'do not verify the certificate of the server')
    .action(login)
  withServer(program.command('logout').description('end the session')).action(logout)
  program
    .command('context [server]')
    .description('list the sessions, or use another one')
    .action(context)
}

async function login(address: string | undefined, options: LoginOptions): Promise<void> {
  const settings = readClientSettings()
  const chosen = address ?? settings.server ?? readLocalStart(process.cwd())?.api
  if (chosen === undefined) throw new CommandEnd('name the server: `driftless login <address>`')
  const server = serverUrl(chosen, options.plaintext ?? false)
  const insecure = options.insecure ?? settings.insecure
  const password = await passwordOf(options, server)
  const session = await beginSession(createRemote({ server, insecure }), options.username, password)
  keepContext(settings.configFile, { ...session, ...(insecure && { insecure }) }, true)
  console.log(`logged in to ${server} as ${options.username}`)
}

async function passwordOf({ username, password }: LoginOptions, server: string): Promise<string> {
  if (password !== undefined && password !== '-') return password
  if (password === '-' || !process.stdin.isTTY) return (await text(process.stdin)).trim()
  return await askSecretly(`password of ${username} at ${server}: `)
}

async function logout(options: ServerOptions): Promise<void> {
  const { configFile } = readClientSettings()
  const remote = await connect(options)
  await remote.call('DELETE', '/api/v1/session')
  const { current, contexts } = readContexts(configFile)
  writeContexts(configFile, {
    current: current === remote.server ? undefined : current,
    contexts: contexts.filter(({ server }) => server !== remote.server),
  })
  console.log(`logged out of ${remote.server}`)
}

function context(address: string | undefined): void {
  const { configFile } = readClientSettings()
  const { current, contexts } = readContexts(configFile)
  if (address === undefined) {
    const rows = contexts.map(({ server }) => [server === current ? '*' : '', server])
    console.log(table(['CURRENT', 'SERVER'], rows))
    return
  }
  const server = serverUrl(address, false)
  if (!contexts.some((known) => known.server === server)) {
    throw new CommandEnd(`there is no session with ${server}; driftless login ${address}`)
  }
  writeContexts(configFile, { current: server, contexts })
  console.log(`using ${server}`)
}
