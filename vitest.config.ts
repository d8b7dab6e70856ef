import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{core,clients,activities,workflows,event-sources,api,cli,deploy}/**/*.test.ts',
            'test/unit/**/*.test.ts',
          ],
          // some start a process; how long that takes is the machine's affair
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'workflows',
          include: ['test/workflows/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          globalSetup: 'test/harness/temporal-setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: [
            'test/api/**/*.test.ts',
            'test/contract/**/*.test.ts',
            'test/integration/**/*.test.ts',
            'test/e2e/**/*.test.ts',
          ],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          globalSetup: 'test/harness/setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'drills',
          include: ['test/drills/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'long-drills',
          include: ['test/drills/long/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
