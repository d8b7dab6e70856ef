import type { Manifest } from './manifest.ts'

/** Whether an object that is declared no more leaves its application Synced (AUTO-18). */
export function isIgnoredAsExtraneous({ metadata }: Manifest): boolean {
  const text = metadata.annotations?.['argocd.argoproj.io/compare-options'] ?? ''
  return text.split(',').some((option) => option.trim() === 'IgnoreExtraneous')
}
