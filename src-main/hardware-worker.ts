import { parentPort, workerData } from 'node:worker_threads';
import { answerSystem } from './hardware/system-questions.ts';
import type { SystemQuestion } from './hardware/system-reader.ts';

parentPort?.postMessage(await answerSystem(workerData as SystemQuestion));
