import { MillpondError } from '../../core/error.ts';
import type { LoadOptions } from '../../core/model.ts';
import type { ChildProcess } from '../../platform/process-launcher.ts';
import { explainExit } from './exit-explanation.ts';
import { isFromProbeHost } from './host-messages.ts';
import type { FromProbeHost, ModelInspection, ToProbeHost } from './host-protocol.ts';

/** The asking side of one probe host. */
export class ProbeProcess {
  private readonly child: ChildProcess;
  private readonly questions = new Map<string, PromiseWithResolvers<ModelInspection>>();
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

  async ask(path: string, options: LoadOptions): Promise<ModelInspection> {
    this.lastId += 1;
    const question: ToProbeHost = { type: 'inspect', id: String(this.lastId), path, options };
    const answer = Promise.withResolvers<ModelInspection>();
    this.questions.set(question.id, answer);
    this.child.post(question);
    return await answer.promise;
  }

  end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): void {
    this.child.kill(signal);
  }

  private receive(message: FromProbeHost): void {
    const question = this.questions.get(message.id);
    this.questions.delete(message.id);
    if (message.type === 'inspected') question?.resolve(message.inspection);
    else question?.reject(MillpondError.fromBody(message.error));
  }
}
