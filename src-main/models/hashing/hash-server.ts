import type { MessagePort } from 'node:worker_threads';
import { explainFileError } from '../../platform/file-error.ts';
import { GrowingFileJob } from './growing-file-job.ts';
import { type Answer, BlocksJob, DigestJob, type HashJob } from './hash-job.ts';
import type { FromHashWorker, ToHashWorker } from './hash-protocol.ts';

type Opening = Exclude<ToHashWorker, { type: 'add' | 'drop' }>;

/** The worker thread's side: all jobs advance in turns, and messages are read between the turns. */
export function serveHashing(port: MessagePort): void {
  const jobs = new Map<number, HashJob>();
  let isTurning = false;

  function receive(message: ToHashWorker): void {
    if (message.type === 'drop') close(message.id);
    else if (message.type !== 'add') open(message);
    else {
      const job = jobs.get(message.id);
      if (job instanceof GrowingFileJob) job.add(message);
    }
    if (isTurning) return;
    isTurning = true;
    setImmediate(turn);
  }

  function turn(): void {
    let isBusy = false;
    for (const [id, job] of jobs) {
      if (attempt(id, pathOf(id), () => job.step()) === true) isBusy = true;
    }
    isTurning = isBusy;
    if (isBusy) setImmediate(turn);
  }

  const paths = new Map<number, string>();
  const pathOf = (id: number): string => paths.get(id) ?? '';

  function open(opening: Opening): void {
    const { id } = opening;
    const path =
      opening.type === 'digest'
        ? opening.segments.map((segment) => segment.path).join(', ')
        : opening.path;
    paths.set(id, path);
    const job = attempt(id, path, () => createJob(opening, answer));
    if (job !== undefined) jobs.set(id, job);
  }

  function answer(message: FromHashWorker): void {
    port.postMessage(message);
    if (message.type === 'digest' || message.type === 'blocks') close(message.id);
  }

  function attempt<T>(id: number, path: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (thrown) {
      const error = explainFileError(thrown, 'read', path).toBody();
      port.postMessage({ type: 'failed', id, error } satisfies FromHashWorker);
      close(id);
      return undefined;
    }
  }

  function close(id: number): void {
    jobs.get(id)?.close();
    jobs.delete(id);
    paths.delete(id);
  }

  port.on('message', receive);
}

function createJob(opening: Opening, answer: Answer): HashJob {
  switch (opening.type) {
    case 'digest':
      return new DigestJob(opening, answer);
    case 'blocks':
      return new BlocksJob(opening, answer);
    case 'grow':
      return new GrowingFileJob(opening, answer);
  }
}
