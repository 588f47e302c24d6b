import { parentPort, workerData } from 'node:worker_threads';
import { serveDatabase } from './storage/sqlite-worker.ts';

if (parentPort !== null) serveDatabase(parentPort, workerData);
