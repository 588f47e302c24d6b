import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answer } from './processes/messages.ts';

export interface Started<Ask extends object, Ready> {
  readonly child: Child<Ask>;
  /** What it said about itself. */
  readonly ready: Ready;
}

/** A process of the suite and the pipe that controls it. */
export class Child<Ask extends object> {
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, PromiseWithResolvers<unknown>>();
  private count = 0;
  private said = '';

  private constructor(file: string, start: unknown) {
    this.process = fork(join(import.meta.dirname, 'processes', file), [JSON.stringify(start)], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.process.stderr?.on('data', (text: Buffer) => {
      this.said = `${this.said}${text.toString()}`.slice(-4_000);
    });
    this.process.on('message', ({ number, reply }: Answer) => {
      this.waiting.get(number)?.resolve(reply);
      this.waiting.delete(number);
    });
    this.process.once('exit', (code, signal) => {
      for (const { reject } of this.waiting.values()) {
        reject(new Error(`${file} has ended (${String(signal ?? code)}): ${this.said}`));
      }
      this.waiting.clear();
    });
  }

  /** Resolves once it is ready, with what it says about itself. */
  static async start<Ask extends object, Ready>(
    file: 'gateway-process.ts' | 'machine-process.ts' | 'storm-process.ts',
    start: unknown,
  ): Promise<Started<Ask, Ready>> {
    const child = new Child<Ask>(file, start);
    const ready = (await child.answerTo(0)) as Ready;
    return { child, ready };
  }

  get isAlive(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Rejects when the process ends first. */
  async ask<Reply>(question: Ask): Promise<Reply> {
    this.count += 1;
    const number = this.count;
    const answer = this.answerTo(number);
    this.process.send({ ...question, number }, () => {
      // Whoever cannot be reached has ended, and that is told above.
    });
    return (await answer) as Reply;
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    if (!this.isAlive) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }

  /** Resolves when it has ended by itself. */
  async exited(): Promise<void> {
    if (this.isAlive) await once(this.process, 'exit');
  }

  private answerTo(number: number): Promise<unknown> {
    if (!this.isAlive) return Promise.reject(new Error('The process has ended'));
    const answer = Promise.withResolvers<unknown>();
    this.waiting.set(number, answer);
    return answer.promise;
  }
}
