import { build } from './support/build-state.ts';

const { code } = await build({ output: 'show' });
process.exitCode = code;
