const headBytes = 4

/** A body behind its length. */
export function frameOf(body: string): Buffer {
  const bytes = Buffer.from(body)
  const head = Buffer.alloc(headBytes)
  head.writeUInt32BE(bytes.length)
  return Buffer.concat([head, bytes])
}

export type FrameHandlers = {
  /** The length of a body that is about to come. */
  readonly onLength: (bytes: number) => void
  readonly onFrame: (body: Buffer) => void
}

/** Takes a stream piece by piece and hands over the bodies that are whole. */
export function createFrameReader({ onLength, onFrame }: FrameHandlers): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let held = 0
  let expected: number | undefined
  const take = (bytes: number): Buffer => {
    const all = Buffer.concat(chunks)
    chunks = [all.subarray(bytes)]
    held -= bytes
    return all.subarray(0, bytes)
  }
  return (chunk) => {
    chunks.push(chunk)
    held += chunk.length
    while (held >= (expected ?? headBytes)) {
      if (expected === undefined) {
        expected = take(headBytes).readUInt32BE()
        onLength(expected)
      } else {
        const body = take(expected)
        expected = undefined
        onFrame(body)
      }
    }
  }
}
