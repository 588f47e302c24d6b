import { parentPort } from 'node:worker_threads';
import { serveHashing } from './models/hashing/hash-server.ts';

if (parentPort !== null) serveHashing(parentPort);
