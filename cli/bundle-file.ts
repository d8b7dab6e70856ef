/** Where the compiled worker finds its workflows in one file; beside the sources there is none. */
export const workflowBundle = new URL('../workflow-bundle.js', import.meta.url)
