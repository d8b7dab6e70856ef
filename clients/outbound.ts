import { lookup } from 'node:dns/promises'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { GitAccessError, NetworkError } from '../core/errors.ts'

/**
 * Whose word an address is: `declared` in an Application that its AppProject permits or in a Secret
 * of the operator, `public` when it only stands in Git or in the answer of a public server.
 */
export type Reach = 'declared' | 'public'

/** Where a host is, for whoever connects exactly there: names are not to be looked up again. */
export type Located = {
  readonly addresses: readonly Address[]
  /** For what the server leads to: one on the internet opens nothing of our own network. */
  readonly reach: Reach
}

type Address = { readonly address: string; readonly family: number }

/** The one place that decides where we connect for somebody else. */
export type Outbound = {
  /** GitAccessError when nothing of what the host leads to may be asked, NetworkError when it is not found. */
  locate(host: string, reach?: Reach): Promise<Located>
}

export type OutboundOptions = {
  /** For a local stack, whose servers are all on this machine. */
  readonly allowLoopback: boolean
  readonly lookUp?: (host: string) => Promise<readonly Address[]>
}

/** How far inside an address lies. */
export type Zone = 'public' | 'private' | 'loopback' | 'closed'

const zones: readonly (readonly [Zone, readonly string[]])[] = [
  [
    'closed',
    [
      // link-local, where clouds tell the credentials of a machine; also behind IPv4 in IPv6
      ...['169.254.0.0/16', 'fe80::/10', '64:ff9b::a9fe:0/112', '2002:a9fe::/32'],
      ...['fd00:ec2::254/128', '100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32'],
      // many machines at once, and none
      ...['224.0.0.0/4', '240.0.0.0/4', 'ff00::/8'],
    ],
  ],
  ['loopback', ['127.0.0.0/8', '0.0.0.0/8', '::1/128', '::/128', '64:ff9b::7f00:0/104']],
  [
    'private',
    [
      ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15'],
      ...['192.0.0.0/24', 'fc00::/7', 'fec0::/10'],
      ...['64:ff9b::a00:0/104', '64:ff9b::ac10:0/108', '64:ff9b::c0a8:0/112', '64:ff9b:1::/48'],
    ],
  ],
]
const lists = zones.map(([zone, subnets]) => [zone, listOf(subnets)] as const)

/** The zone of an address (H3); what is no address is closed. */
export function zoneOf(address: string): Zone {
  const kind = isIP(address)
  if (kind === 0) return 'closed'
  // an IPv4 address that is written as IPv6 is found as well
  const found = lists.find(([, list]) => list.check(address, kind === 6 ? 'ipv6' : 'ipv4'))
  return found?.[0] ?? 'public'
}

/** Looks names up once and refuses what they lead to after that, so that no name can hide an address. */
export function createOutbound({ allowLoopback, lookUp = lookUpAll }: OutboundOptions): Outbound {
  const isOpen = ({ address }: Address, reach: Reach): boolean => {
    const zone = zoneOf(address)
    if (zone === 'loopback') return allowLoopback
    return zone === 'public' || (zone === 'private' && reach === 'declared')
  }
  return {
    async locate(host, reach = 'declared') {
      const name = host.replace(/^\[(.*)\]$/, '$1')
      const family = isIP(name)
      const found = family === 0 ? await lookUp(name) : [{ address: name, family }]
      const addresses = found.filter((address) => isOpen(address, reach))
      if (addresses.length === 0) throw refusal(name, reach)
      const isInner = addresses.every(({ address }) => zoneOf(address) !== 'public')
      return { addresses, reach: isInner ? reach : 'public' }
    },
  }
}

/** For sockets: gives what was found before, whatever name is asked for. */
export function pinnedLookup({ addresses }: Located): LookupFunction {
  return (_, options, done) => {
    const [first] = addresses
    if (options.all === true) done(null, [...addresses])
    else done(null, first?.address ?? '', first?.family)
  }
}

function refusal(host: string, reach: Reach): GitAccessError {
  const advice =
    reach === 'declared'
      ? 'link-local addresses are never asked, those of this machine only with DRIFTLESS_NETWORK_ALLOW=loopback'
      : 'only an Application or a Secret may name one of an inner network'
  return new GitAccessError(`${host} leads to an address that may not be asked: ${advice}`)
}

async function lookUpAll(host: string): Promise<readonly Address[]> {
  try {
    return await lookup(host, { all: true })
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new NetworkError(`the server ${host} is not found (${code}); check the address`)
  }
}

function listOf(subnets: readonly string[]): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [net = '', bits = ''] = subnet.split('/')
    list.addSubnet(net, Number(bits), isIP(net) === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}
