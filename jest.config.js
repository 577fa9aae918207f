// How the tests run: real ES modules, TypeScript stripped by esbuild; type checking is tsc's job.
export default {
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  // npm run engines runs those of tests/engines.
  testPathIgnorePatterns: [
    '/node_modules/',
    '/tests/engines/',
    '/.judges/',
    '/.aws-sam/',
    '/.hubbub/',
  ],
  modulePathIgnorePatterns: ['/.aws-sam/', '/.hubbub/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tests/strip-types.js' },
  globalSetup: '<rootDir>/tests/browser/set-up.ts',
  globalTeardown: '<rootDir>/tests/browser/tear-down.ts',
  // Bounds what hangs; a machine that is slow is no failure.
  testTimeout: 180_000,
  // The suites mostly wait for processes of their own, so three fit on two cores, where jest would take one.
  maxWorkers: 3,
};
