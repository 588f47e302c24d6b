import { parentPort, workerData } from 'node:worker_threads';
import { indexText } from './chats/search.ts';
import { serveDatabase } from './storage/sqlite-worker.ts';
import type { DatabaseWorkerData } from './storage/worker-protocol.ts';

if (parentPort !== null) {
  serveDatabase(parentPort, workerData as DatabaseWorkerData, { indexText });
}
