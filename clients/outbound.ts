import { type LookupAddress, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { RenderError } from '../core/errors.ts'

const never = new BlockList()
// link-local: the metadata of clouds
never.addSubnet('169.254.0.0', 16, 'ipv4')
never.addSubnet('fe80::', 10, 'ipv6')
never.addAddress('fd00:ec2::254', 'ipv6')
never.addAddress('100.100.100.200', 'ipv4')
const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addSubnet('0.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')
loopback.addAddress('::', 'ipv6')

/** Whether we may connect there for somebody else: never to link-local addresses, to our own only where it is permitted (H3). */
export function isOpen(address: string, allowLoopback: boolean): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(plain) === 0 || never.check(plain, family)) return false
  return allowLoopback || !loopback.check(plain, family)
}

/** Looks names up and refuses what they lead to after that, so that no name can hide an address. */
export function guardedLookup(allowLoopback: boolean): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      const open = (found ?? []).filter(({ address }) => isOpen(address, allowLoopback))
      const [first] = open
      if (error !== null) done(error, [])
      else if (first === undefined) {
        done(new RenderError(`${hostname} leads to an address that may not be asked`), [])
      } else if (options.all === true) done(null, open)
      else done(null, first.address, first.family)
    })
  }
}
