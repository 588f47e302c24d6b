import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Packages that only one folder may import; dependency-cruiser proves it, this says it while typing. */
const restricted = {
  electron: {
    name: 'electron',
    message: 'Only src-main/electron, src-main/preload and src-main/index.ts know Electron.',
  },
  engine: {
    name: 'node-llama-cpp',
    message: 'Only src-main/engines/llama-cpp knows it; everybody else speaks InferenceEngine.',
  },
  undici: {
    name: 'undici',
    message:
      'Outgoing connections go through the HttpClient of core; src-main/platform/http opens them.',
  },
  sqlite: {
    name: 'node:sqlite',
    message: 'SQLite is synchronous: it lives in the database worker (and in the instance lock).',
  },
};

const forbidImports = (...paths) => ({ 'no-restricted-imports': ['error', { paths }] });
const { electron, engine, undici, sqlite } = restricted;

const sizes = {
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
  'max-params': 'off',
  '@typescript-eslint/max-params': ['error', { max: 4 }],
};

const style = {
  eqeqeq: 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'no-param-reassign': 'error',
  'object-shorthand': 'error',
  'no-restricted-exports': [
    'error',
    {
      restrictDefaultExports: {
        direct: true,
        named: true,
        defaultFrom: true,
        namedFrom: true,
        namespaceFrom: true,
      },
    },
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: 'ExportAllDeclaration',
      message: 'No barrels: import from the file that has it.',
    },
  ],
};

const types = {
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/consistent-type-exports': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  // Ports and fakes have parts that do nothing on purpose; a recursive type cannot be a Record.
  '@typescript-eslint/no-empty-function': 'off',
  '@typescript-eslint/consistent-indexed-object-style': 'off',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' },
  ],
};

const fetchMessage = {
  node: 'Outgoing connections go through the HttpClient of core, so that "Local only" can close them.',
  window: 'The window talks to the runtime through src-renderer/api.ts and live.ts only.',
};

export default tseslint.config(
  { ignores: ['out/', 'dist/', 'coverage/', 'node_modules/', 'test-results/', '**/gen/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.node.json', './tsconfig.web.json', './tsconfig.e2e.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: { ...types, ...style, ...sizes },
  },
  {
    files: ['src-main/**/*.ts'],
    rules: {
      ...forbidImports(electron, engine, undici, sqlite),
      'no-console': 'error',
      'no-restricted-globals': ['error', { name: 'fetch', message: fetchMessage.node }],
    },
  },
  {
    files: ['src-main/electron/**', 'src-main/preload/**', 'src-main/index.ts'],
    rules: forbidImports(engine, undici, sqlite),
  },
  { files: ['src-main/engines/llama-cpp/**'], rules: forbidImports(electron, undici, sqlite) },
  { files: ['src-main/platform/http/**'], rules: forbidImports(electron, engine, sqlite) },
  {
    files: ['src-main/storage/**', 'src-main/platform/instance-lock*'],
    rules: forbidImports(electron, engine, undici),
  },
  {
    files: ['src-renderer/**/*.{ts,tsx}'],
    extends: [jsxA11y.flatConfigs.strict, reactHooks.configs.flat['recommended-latest']],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: fetchMessage.window },
        { name: 'WebSocket', message: fetchMessage.window },
      ],
    },
  },
  {
    files: ['src-renderer/api.ts', 'src-renderer/live.ts', 'src-renderer/state/live*.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    files: ['**/*.test.{ts,tsx}', '**/*.contract.ts', 'src-main/testing/**', 'e2e/**'],
    rules: {
      ...forbidImports(electron),
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
      'no-restricted-globals': 'off',
      // Callers still send parameters that their library calls deprecated.
      '@typescript-eslint/no-deprecated': 'off',
    },
  },
  {
    files: ['*.config.{ts,js}', 'e2e/*.config.ts', 'build/*.config.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
);
