import { spawn } from 'node:child_process'
import { timingSafeEqual } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import ssh2, { type AuthContext, type Connection, type ServerChannel } from 'ssh2'

/** A key pair of ssh: the private one as a user has it in a file. */
export type SshKey = { readonly private: string; readonly public: string }

export function makeSshKey(): SshKey {
  return ssh2.utils.generateKeyPairSync('ed25519')
}

export type SshServer = {
  /** Address of a repository in the folder. */
  url(repository: string): string
  /** Its line in a `known_hosts` file. */
  readonly knownHosts: string
  close(): Promise<void>
}

/**
 * Serves the bare repositories of a folder by ssh, for reading, to who has this key; `lfs` is what it
 * says of where their large files are.
 */
export async function startSshServer(
  root: string,
  allowed: SshKey,
  lfs?: object,
): Promise<SshServer> {
  const hostKey = makeSshKey()
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    client.on('authentication', (context) => authenticate(context, allowed))
    client.on('session', (accept) =>
      accept().on('exec', (take, refuse, { command }) => {
        const repository = /^git-upload-pack '\/([\w.-]+\.git)'$/.exec(command)?.[1]
        const isLfs = /^git-lfs-authenticate '\/[\w.-]+\.git' download$/.test(command)
        if (isLfs && lfs !== undefined) say(take(), JSON.stringify(lfs))
        else if (repository === undefined) refuse()
        else serve(take(), join(root, repository))
      }),
    )
    // a client that goes away
    client.on('error', () => undefined)
    connections.add(client)
  })
  const connections = new Set<Connection>()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    url: (repository) => `ssh://git@127.0.0.1:${port}/${repository}`,
    knownHosts: `[127.0.0.1]:${port} ${hostKey.public}`,
    async close() {
      for (const connection of connections) connection.end()
      await new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

function authenticate(context: AuthContext, allowed: SshKey): void {
  const key = ssh2.utils.parseKey(allowed.public)
  if (context.method !== 'publickey' || key instanceof Error) {
    context.reject(['publickey'])
    return
  }
  const wanted = key.getPublicSSH()
  const { data } = context.key
  const isAllowed = data.length === wanted.length && timingSafeEqual(data, wanted)
  const isSigned =
    context.signature === undefined ||
    (context.blob !== undefined && key.verify(context.blob, context.signature, context.hashAlgo))
  if (isAllowed && isSigned === true) context.accept()
  else context.reject(['publickey'])
}

function say(channel: ServerChannel, text: string): void {
  channel.write(text)
  channel.exit(0)
  channel.end()
}

function serve(channel: ServerChannel, repository: string): void {
  const child = spawn('git', ['upload-pack', repository], { stdio: ['pipe', 'pipe', 'inherit'] })
  channel.pipe(child.stdin)
  child.stdout.pipe(channel, { end: false })
  child.stdin.on('error', () => undefined)
  child.on('close', (code) => {
    channel.exit(code ?? 1)
    channel.end()
  })
}
