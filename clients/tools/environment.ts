import { join } from 'node:path'

// what the programs may use of memory before they collect harder
const memoryLimit = '512MiB'
// nobody listens there: what gets past our checks reaches no network
const deadProxy = 'http://127.0.0.1:1'

/** The environment of a renderer: nothing of ours, no credentials, no plugins and no programs. */
export function toolEnvironment(folder: string) {
  const home = join(folder, 'home')
  return {
    PATH: '',
    HOME: home,
    TMPDIR: folder,
    HTTP_PROXY: deadProxy,
    HTTPS_PROXY: deadProxy,
    GOMEMLIMIT: memoryLimit,
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    HELM_PLUGINS: join(home, 'plugins'),
  }
}
