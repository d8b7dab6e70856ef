import { type Command, Option } from 'commander'
import { readClientSettings } from '../config.ts'
import { CommandEnd } from '../exit.ts'
import { type Context, keepContext, readContexts } from './contexts.ts'
import { type LocalStart, readLocalStart } from './local-start.ts'
import { createRemote, type Remote, RemoteRefusal, serverUrl } from './remote.ts'
import type { ClientSettings } from './settings.ts'

/** Options of every command that talks to a server. */
export type ServerOptions = {
  readonly server?: string
  readonly authToken?: string
  readonly plaintext?: boolean
  readonly insecure?: boolean
}

/** Adds those options. */
export function withServer(command: Command): Command {
  return (
    command
      .option('--server <address>', 'address of the API')
      .option('--auth-token <token>', 'token to use instead of the session')
      .option('--plaintext', 'talk http where the address names no scheme')
      .option('--insecure', 'do not verify the certificate of the server')
      // scripts written for argocd give it; there is no gRPC here
      .addOption(new Option('--grpc-web').hideHelp())
  )
}

/**
 * The server that is meant: the option, the environment, the session that was begun last, or the one
 * that `npm start` runs in this folder, in this order.
 */
export async function connect(options: ServerOptions): Promise<Remote> {
  const settings = readClientSettings()
  const { current, contexts } = readContexts(settings.configFile)
  const local = readLocalStart(process.cwd())
  const address = options.server ?? settings.server ?? current ?? local?.api
  if (address === undefined) throw new CommandEnd(noServer)
  const server = serverUrl(address, options.plaintext ?? false)
  const kept = contexts.find((known) => known.server === server)
  const token = options.authToken ?? settings.token
  if (token === undefined && server === local?.api) return await localRemote(settings, local, kept)
  const insecure = options.insecure ?? (kept?.insecure === true || settings.insecure)
  return createRemote({ server, token: token ?? kept?.token, insecure })
}

const noServer =
  'no server is known: `driftless login <address>`, or set DRIFTLESS_SERVER and DRIFTLESS_AUTH_TOKEN, or run `npm start` in this folder'

/** A session as the user of a server; the password goes nowhere else. */
export async function login(
  remote: Remote,
  username: string,
  password: string,
): Promise<Pick<Context, 'server' | 'token'>> {
  const body = { username, password }
  const { token } = await remote.call<{ token: string }>('POST', '/api/v1/session', { body })
  return { server: remote.server, token }
}

/** The start in this folder: its admin password is readable by its owner, who is us. */
async function localRemote(
  settings: ClientSettings,
  local: LocalStart,
  kept: Context | undefined,
): Promise<Remote> {
  if (kept !== undefined && (await isBelieved(kept))) return remoteOf(kept)
  if (process.stderr.isTTY) console.error(`using the local start at ${local.api}`)
  const anonymous = createRemote({ server: local.api, insecure: false })
  const context = await login(anonymous, 'admin', local.adminPassword)
  keepContext(settings.configFile, context, false)
  return remoteOf(context)
}

async function isBelieved(context: Context): Promise<boolean> {
  try {
    await remoteOf(context).call('GET', '/api/v1/session/userinfo')
    return true
  } catch (error) {
    // another data folder on the same port: the session was with somebody else
    if (error instanceof RemoteRefusal) return false
    throw error
  }
}

function remoteOf({ server, token }: Context): Remote {
  return createRemote({ server, token, insecure: false })
}
