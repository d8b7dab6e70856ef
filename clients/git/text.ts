const marks = [
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
] as const

/** The text of a file: UTF-8, or UTF-16 where its first bytes say so, as editors on Windows write it */
export function textOf(body: Uint8Array): string {
  const mark = marks.find(({ bytes }) => bytes.every((byte, at) => body[at] === byte))
  return new TextDecoder(mark?.encoding).decode(body)
}
