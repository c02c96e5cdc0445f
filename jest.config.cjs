/** One run over every package's tests. Packages are mapped to their sources, so a test never sees a stale build. */
module.exports = {
  testEnvironment: 'node',
  coverageProvider: 'v8',
  setupFiles: ['<rootDir>/scripts/testing/quiet-info.cjs'],
  testMatch: [
    '<rootDir>/packages/*/test/**/*.test.ts',
    '<rootDir>/examples/*/test/**/*.test.ts',
    '<rootDir>/benchmarks/test/**/*.test.ts',
    '<rootDir>/scripts/test/**/*.test.ts',
  ],
  moduleNameMapper: {
    // Sources may name what they import as the compiler emits it: './frame.js' is frame.ts.
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^treadle$': '<rootDir>/packages/treadle/src/index.ts',
    '^@treadle/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
  },
  transformIgnorePatterns: ['/node_modules/(?!(.*/)?(arktype|arkregex|@ark/[a-z]+)/)'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
    // Published as ES modules only, which Jest cannot load on Node 20 (arktype is one of the schema libraries under test).
    '/node_modules/(arktype|arkregex|@ark/[a-z]+)/.+\\.js$': [
      '@swc/jest',
      { swcrc: false, module: { type: 'commonjs' }, jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } } },
    ],
  },
};
