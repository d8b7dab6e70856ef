import { createHash, createHmac } from 'node:crypto'

export type AwsCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of credentials that end by themselves. */
  readonly sessionToken?: string
}

export type SignedRequest = {
  readonly method: 'GET'
  readonly url: URL
  /** Besides `host`, which is always signed. */
  readonly headers?: Readonly<Record<string, string>>
  /** SHA-256 of the body in hex, or `UNSIGNED-PAYLOAD`; that of no body unless given. */
  readonly payload?: string
  readonly region: string
  readonly service: string
  /** As `20150830T123600Z`. */
  readonly time: string
}

const algorithm = 'AWS4-HMAC-SHA256'

/** The signature of AWS, version 4, of one request. */
export function signatureOf(request: SignedRequest, credentials: AwsCredentials): string {
  const { time, region, service } = request
  const text = [algorithm, time, scopeOf(request), sha256(canonical(request))].join('\n')
  const key = [time.slice(0, 8), region, service, 'aws4_request'].reduce<Buffer>(
    hmac,
    Buffer.from(`AWS4${credentials.secretAccessKey}`),
  )
  return hmac(key, text).toString('hex')
}

/** The address of the request with the signature in it: whoever has it may send it until it expires. */
export function presigned(
  request: SignedRequest,
  credentials: AwsCredentials,
  expiresSeconds: number,
): URL {
  const url = new URL(request.url)
  for (const [name, value] of Object.entries({
    'X-Amz-Algorithm': algorithm,
    'X-Amz-Credential': `${credentials.accessKeyId}/${scopeOf(request)}`,
    'X-Amz-Date': request.time,
    'X-Amz-Expires': String(expiresSeconds),
    'X-Amz-Security-Token': credentials.sessionToken,
    'X-Amz-SignedHeaders': signedNames(request),
  })) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  url.searchParams.set('X-Amz-Signature', signatureOf({ ...request, url }, credentials))
  return url
}

/** The header `authorization` of the request. */
export function authorizationOf(request: SignedRequest, credentials: AwsCredentials): string {
  const credential = `Credential=${credentials.accessKeyId}/${scopeOf(request)}`
  const signature = signatureOf(request, credentials)
  return `${algorithm} ${credential}, SignedHeaders=${signedNames(request)}, Signature=${signature}`
}

/** The time as signatures have it. */
export function signatureTime(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|[.]\d+/g, '')
}

function scopeOf({ time, region, service }: SignedRequest): string {
  return `${time.slice(0, 8)}/${region}/${service}/aws4_request`
}

function canonical(request: SignedRequest): string {
  const { method, url, payload = sha256('') } = request
  const query = [...url.searchParams]
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&')
  const headers = headersOf(request).map(([name, value]) => `${name}:${value.trim()}\n`)
  return [method, url.pathname, query, headers.join(''), signedNames(request), payload].join('\n')
}

function headersOf({ url, headers = {} }: SignedRequest): readonly (readonly [string, string])[] {
  return Object.entries({ ...headers, host: url.host })
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

function signedNames(request: SignedRequest): string {
  return headersOf(request)
    .map(([name]) => name)
    .join(';')
}

/** As RFC 3986 has it; encodeURIComponent leaves five characters that AWS does not. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
