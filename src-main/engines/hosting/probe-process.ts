import { MillpondError } from '../../core/error.ts';
import type { ChildProcess } from '../../platform/process-launcher.ts';
import { explainExit } from './exit-explanation.ts';
import { isFromProbeHost } from './host-messages.ts';
import type { FromProbeHost, ToProbeHost } from './host-protocol.ts';

type Answer = Exclude<FromProbeHost, { type: 'failed' }>;
/** A question without its number, which the asking side gives it. */
export type ProbeQuestion = ToProbeHost extends infer Q
  ? Q extends ToProbeHost
    ? Omit<Q, 'id'>
    : never
  : never;

/** The asking side of one probe host. */
export class ProbeProcess {
  private readonly child: ChildProcess;
  private readonly questions = new Map<string, PromiseWithResolvers<Answer>>();
  private lastId = 0;
  private hasExited = false;

  constructor(child: ChildProcess) {
    this.child = child;
    child.onMessage((message) => {
      if (isFromProbeHost(message)) this.receive(message);
    });
    void child.exited.then((exit) => {
      this.hasExited = true;
      const why = explainExit(exit, child.outputTail());
      const error = new MillpondError('engine-crashed', `Looking at the model failed: ${why}`);
      for (const question of this.questions.values()) question.reject(error);
      this.questions.clear();
    });
  }

  get isRunning(): boolean {
    return !this.hasExited;
  }

  async ask(question: ProbeQuestion): Promise<Answer> {
    this.lastId += 1;
    const id = String(this.lastId);
    const answer = Promise.withResolvers<Answer>();
    this.questions.set(id, answer);
    this.child.post({ ...question, id });
    return await answer.promise;
  }

  end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): void {
    this.child.kill(signal);
  }

  private receive(message: FromProbeHost): void {
    const question = this.questions.get(message.id);
    this.questions.delete(message.id);
    if (message.type === 'failed') question?.reject(MillpondError.fromBody(message.error));
    else question?.resolve(message);
  }
}
