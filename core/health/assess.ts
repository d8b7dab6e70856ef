import { groupOf } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { assessApiService, assessDefinition } from './api-extension.ts'
import { assessArgoWorkflow } from './argo-workflow.ts'
import { assessAutoscaler } from './autoscaler.ts'
import { assessDaemonSet } from './daemon-set.ts'
import { assessDeployment } from './deployment.ts'
import { type Health, verdict } from './health.ts'
import { assessCronJob, assessJob } from './job.ts'
import { assessByConditions } from './kstatus.ts'
import { assessIngress, assessService } from './network.ts'
import { assessClaim } from './persistent-volume-claim.ts'
import { assessPod } from './pod.ts'
import { assessReplicaSet } from './replica-set.ts'
import { assessRollout } from './rollout.ts'
import { assessStatefulSet } from './stateful-set.ts'

type Assess = (live: Manifest) => Health | undefined

const none: Assess = () => undefined

const rules: Readonly<Record<string, Assess>> = {
  'apps/Deployment': assessDeployment,
  'extensions/Deployment': assessDeployment,
  'apps/StatefulSet': assessStatefulSet,
  'apps/DaemonSet': assessDaemonSet,
  'extensions/DaemonSet': assessDaemonSet,
  'apps/ReplicaSet': assessReplicaSet,
  'extensions/ReplicaSet': assessReplicaSet,
  '/Pod': assessPod,
  'batch/Job': assessJob,
  'batch/CronJob': assessCronJob,
  '/Service': assessService,
  'networking.k8s.io/Ingress': assessIngress,
  'extensions/Ingress': assessIngress,
  '/PersistentVolumeClaim': assessClaim,
  'autoscaling/HorizontalPodAutoscaler': assessAutoscaler,
  'apiregistration.k8s.io/APIService': assessApiService,
  'apiextensions.k8s.io/CustomResourceDefinition': assessDefinition,
  'argoproj.io/Workflow': assessArgoWorkflow,
  'argoproj.io/Rollout': assessRollout,
  // these have conditions that do not speak of their health
  '/Namespace': none,
  '/Node': none,
  'policy/PodDisruptionBudget': none,
  'argoproj.io/Application': none,
  'argoproj.io/AppProject': none,
}

/** What a rule of the user says in place of ours; undefined when there is none for the kind (HEALTH-21). */
export type OwnRule = (live: Manifest) => { readonly health: Health | undefined } | undefined

/** The health of a live object; undefined for kinds that have none and do not count (HEALTH-03). */
export function assessHealth(live: Manifest, ownRule?: OwnRule): Health | undefined {
  const { deletionTimestamp, finalizers = [] } = live.metadata
  const isHook = finalizers.includes('argocd.argoproj.io/hook-finalizer')
  if (deletionTimestamp !== undefined && !isHook) {
    return verdict('Progressing', 'Pending deletion') // HEALTH-04
  }
  const own = ownRule?.(live)
  if (own !== undefined) return own.health
  const rule = rules[`${groupOf(live.apiVersion)}/${live.kind}`] ?? assessByConditions
  return rule(live)
}
