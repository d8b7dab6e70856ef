import { buffer } from 'node:stream/consumers'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'

/** A chart as `helm package` makes it: its files below a folder of its name, as a tgz. */
export function packChart(
  name: string,
  version: string,
  files: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const archive = pack()
  const head = `apiVersion: v2\nname: ${name}\nversion: ${version}\n`
  for (const [path, text] of Object.entries({ 'Chart.yaml': head, ...files })) {
    archive.entry({ name: `${name}/${path}` }, text)
  }
  archive.finalize()
  return buffer(archive.pipe(createGzip()))
}
