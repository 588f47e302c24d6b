import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { MillpondError } from '../core/error.ts';
import type { Output } from './output.ts';
import type { CliDependencies } from './ports.ts';

/**
 * Asks a yes or no on standard error, so that the result alone goes to standard output. Nothing and
 * anything unclear is a no. Rejects with `invalid-request` where scripts must give `--yes`.
 */
export async function confirm(
  deps: CliDependencies,
  output: Output,
  question: string,
): Promise<boolean> {
  if (output.isJson) {
    throw new MillpondError('invalid-request', 'Give --yes too: with --json nobody is asked', {
      reason: 'not-confirmed',
    });
  }
  const answer = await readLine(deps, `${question} [y/N] `, deps.stderr);
  return /^y(es)?$/i.test(answer.trim());
}

/** Asks for something that is not shown while it is typed. */
export async function askSecret(deps: CliDependencies, question: string): Promise<string> {
  deps.stderr.write(question);
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const answer = await readLine(deps, '', nowhere);
  deps.stderr.write('\n');
  return answer;
}

/** One line; empty when standard input has ended. Rejects with `cancelled` on Ctrl+C. */
async function readLine(
  deps: CliDependencies,
  question: string,
  shown: NodeJS.WritableStream,
): Promise<string> {
  const terminal = createInterface({
    input: deps.stdin,
    output: shown,
    terminal: deps.stdin.isTTY,
  });
  const interrupted = new AbortController();
  const stop = (): void => {
    interrupted.abort();
  };
  terminal.once('SIGINT', stop);
  const signal = AbortSignal.any([deps.interrupted, interrupted.signal]);
  const ended = new Promise<string>((resolve) => {
    terminal.once('close', () => {
      resolve('');
    });
  });
  try {
    return await Promise.race([terminal.question(question, { signal }), ended]);
  } catch (error) {
    throw signal.aborted ? new MillpondError('cancelled', 'Nothing was done') : error;
  } finally {
    terminal.close();
  }
}
