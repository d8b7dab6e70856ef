import type { Command } from 'commander'
import { addAdmin } from './admin.ts'
import { addAppCreate } from './app-create.ts'
import { addAppDelete } from './app-delete.ts'
import { addAppDiff } from './app-diff.ts'
import { addAppDoctor } from './app-doctor.ts'
import { addAppGet } from './app-get.ts'
import { addAppHistory } from './app-history.ts'
import { addAppList } from './app-list.ts'
import { addAppResources } from './app-resources.ts'
import { addAppSet } from './app-set.ts'
import { addAppSync } from './app-sync.ts'
import { addAppWait } from './app-wait.ts'
import { addClusters } from './cluster-list.ts'
import { addCompletion } from './completion.ts'
import { addAppExplain, addEvents } from './explain.ts'
import { addLogin } from './login.ts'
import { addNotifications } from './notifications.ts'
import { addVersion } from './version.ts'

/** All commands for people; the processes never load them. */
export function addClientCommands(program: Command): void {
  addLogin(program)
  const app = program.command('app').description('applications')
  addAppList(app)
  addAppGet(app)
  addAppCreate(app)
  addAppSet(app)
  addAppSync(app)
  addAppWait(app)
  addAppDiff(app)
  addAppDoctor(app)
  addAppHistory(app)
  addAppDelete(app)
  addAppResources(app)
  addAppExplain(app)
  addClusters(program)
  addEvents(program)
  addNotifications(program)
  addAdmin(program)
  addVersion(program)
  addCompletion(program)
}
