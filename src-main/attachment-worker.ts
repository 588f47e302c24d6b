import { parentPort, workerData } from 'node:worker_threads';
import { type ExtractionJob, serveExtraction } from './chats/attachments/extraction-worker.ts';

if (parentPort !== null) void serveExtraction(parentPort, workerData as ExtractionJob);
