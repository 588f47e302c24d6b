/** Who may import whom inside src-main (the table of the design). Nothing else is legal. */
const layers = {
  core: [],
  contract: ['core'],
  platform: ['core'],
  dialects: ['core'],
  hardware: ['core', 'platform'],
  models: ['core', 'platform'],
  tunnel: ['core', 'platform'],
  chats: ['core', 'platform'],
  engines: ['core', 'platform', 'dialects'],
  agent: ['core', 'platform', 'tunnel'],
  settings: ['core', 'contract', 'platform'],
  gateway: ['core', 'contract', 'platform', 'dialects', 'tunnel'],
  updates: ['core', 'contract', 'platform'],
  'first-aid': ['core', 'contract', 'platform'],
  storage: ['core', 'platform', '.+/ports[.]ts$'],
  cli: ['core', 'contract', 'platform'],
  app: [
    'agent',
    'chats',
    'contract',
    'core',
    'dialects',
    'engines',
    'first-aid',
    'gateway',
    'hardware',
    'models',
    'platform',
    'settings',
    'storage',
    'tunnel',
    'updates',
  ],
  electron: ['core', 'contract', 'platform', 'app/build-[^/]+[.]ts$'],
  preload: ['core', 'contract'],
};

/** Test code may reach further than the code it tests. */
const testCode = '[.](test|contract|fixture)[.]tsx?$';

const packages = (...names) => `(^|/)node_modules/(${names.join('|')})(/|$)`;
const builtins = (...names) => `^(node:)?(${names.join('|')})$`;

const layerRule = ([folder, allowed]) => ({
  name: `layer-${folder}`,
  comment: `src-main/${folder} may import only: ${[folder, ...allowed].join(', ')}. Siblings are introduced by app/; state a need in ports.ts.`,
  severity: 'error',
  from: { path: `^src-main/${folder}/`, pathNot: testCode },
  to: {
    path: '^src-(main|renderer)/',
    pathNot: `^src-main/(${[`${folder}/`, ...allowed.map((name) => (name.endsWith('$') ? name : `${name}/`))].join('|')})`,
  },
});

module.exports = {
  forbidden: [
    ...Object.entries(layers).map(layerRule),
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one idea, or a third file is missing.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'core-is-pure',
      comment: 'core is vocabulary: no Node, no packages, so that the window can share it.',
      severity: 'error',
      from: { path: '^src-main/core/', pathNot: testCode },
      to: { pathNot: '^src-main/core/' },
    },
    {
      name: 'contract-needs-only-zod',
      comment: 'The contract runs in the browser too.',
      severity: 'error',
      from: { path: '^src-main/contract/', pathNot: testCode },
      to: { pathNot: `^src-main/(contract|core)/|${packages('zod')}` },
    },
    {
      name: 'electron-only-in-the-shell',
      comment: 'Only electron/, preload/ and index.ts know Electron.',
      severity: 'error',
      from: { path: '^src-', pathNot: `^src-main/(electron/|preload/|index[.]ts$)|${testCode}` },
      to: { path: packages('electron') },
    },
    {
      name: 'engine-library-only-in-its-engine',
      comment: 'Everybody else speaks InferenceEngine.',
      severity: 'error',
      from: {
        path: '^src-',
        pathNot: `^src-main/engines/(llama-cpp|grammar)/|${testCode}`,
      },
      to: { path: packages('node-llama-cpp'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'grpc-only-in-tunnel',
      comment: 'The tunnel is the only gRPC speaker.',
      severity: 'error',
      from: { pathNot: '^src-main/tunnel/' },
      to: { path: packages('@grpc') },
    },
    {
      name: 'outgoing-only-through-http-and-tunnel',
      comment:
        'Every outgoing connection asks one register, which "Local only" closes: use the HttpClient of core. Serving is the gateway\'s.',
      severity: 'error',
      from: {
        path: '^src-main/',
        pathNot: `^src-main/(platform/http/|tunnel/|gateway/http/|testing/)|${testCode}`,
      },
      to: {
        path: `${builtins('http', 'https', 'http2', 'net', 'tls', 'dgram')}|${packages('undici', 'ws')}`,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'the-gateway-is-no-client',
      comment: 'gateway/http serves; it opens no connection. The public port is a TLS server.',
      severity: 'error',
      from: {
        path: '^src-main/gateway/',
        pathNot: `^src-main/gateway/http/public-port[.]ts$|${testCode}`,
      },
      to: {
        path: `${builtins('https', 'http2', 'tls', 'dgram')}|${packages('undici')}`,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'fakes-only-in-tests',
      comment: 'src-main/testing never ships.',
      severity: 'error',
      from: { path: '^src-', pathNot: `^src-main/testing/|${testCode}` },
      to: { path: '^src-main/testing/' },
    },
    {
      name: 'window-sees-only-the-contract',
      comment: 'The window shares vocabulary and contract with the runtime, nothing else.',
      severity: 'error',
      from: { path: '^src-renderer/', pathNot: testCode },
      to: { path: '^src-main/', pathNot: '^src-main/(contract|core)/' },
    },
    {
      name: 'one-door-to-the-runtime',
      comment: 'Only src-renderer/api.ts imports values of the contract.',
      severity: 'error',
      from: { path: '^src-renderer/', pathNot: `^src-renderer/api[.]ts$|${testCode}` },
      to: { path: '^src-main/contract/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-server-code-in-the-window',
      comment: 'The page runs in a browser: no Node, no server packages.',
      severity: 'error',
      from: { path: '^src-renderer/', pathNot: testCode },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'headless-runs-without-electron',
      comment: 'cli.ts and runtime-host.ts never reach Electron, not even over five corners.',
      severity: 'error',
      from: { path: '^src-main/(cli|runtime-host|engine-host|probe-host|[a-z]+-worker)[.]ts$' },
      to: { path: `${packages('electron')}|^src-main/(electron|preload)/`, reachable: true },
    },
    {
      name: 'runtime-loads-no-engine-library',
      comment: 'A GPU driver crash kills one engine process: node-llama-cpp lives in the children.',
      severity: 'error',
      from: { path: '^src-main/(cli|runtime-host|index)[.]ts$' },
      to: { path: packages('node-llama-cpp'), reachable: true },
    },
    {
      name: 'gateway-starts-alone',
      comment: 'A gateway on a server has no engine, no hardware probe and no window.',
      severity: 'error',
      from: { path: '^src-main/app/build-gateway[.]ts$' },
      to: {
        path: `^src-main/(engines|models|hardware|agent|electron|preload)/|${packages('electron', 'node-llama-cpp', 'systeminformation')}`,
        reachable: true,
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^out/|[.]css$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.node.json' },
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
