import { join } from 'node:path';
import { describeEngine } from '../engine.contract.ts';
import { LlamaEngine } from './llama-engine.ts';

const guidePath = join(import.meta.dirname, '../../../resources/models/guide/guide-q8_0.gguf');

describeEngine('the engine with Guide', async () => ({
  engine: await LlamaEngine.load({ path: guidePath, options: { slots: 2 }, defaultThreads: 1 }),
  longQuestion: 'Count to 50',
}));
