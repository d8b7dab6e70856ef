import { buffer } from 'node:stream/consumers'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'

/** A chart as `helm package` makes it: its files below a folder of its name, as a tgz. */
export function packChart(
  name: string,
  version: string,
  files: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const head = `apiVersion: v2\nname: ${name}\nversion: ${version}\n`
  const all = Object.entries({ 'Chart.yaml': head, ...files })
  return packFiles(Object.fromEntries(all.map(([path, text]) => [`${name}/${path}`, text])))
}

/** Files as `tar` packs them, by their paths; compressed unless that is switched off. */
export function packFiles(
  files: Readonly<Record<string, string>>,
  { compressed = true } = {},
): Promise<Buffer> {
  const archive = pack()
  for (const [path, text] of Object.entries(files)) archive.entry({ name: path }, text)
  archive.finalize()
  return buffer(compressed ? archive.pipe(createGzip()) : archive)
}
