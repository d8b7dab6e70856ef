/** By which a person lets the deletions happen that the Application asks to be confirmed (OPT-17). */
export const approvalAnnotation = 'argocd.argoproj.io/deletion-approved'
