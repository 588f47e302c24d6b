import { MessageChannelMain, utilityProcess } from 'electron';
import type { UtilityProcess } from 'electron';
import { entryFile } from '../platform/program-files.ts';
import type { ProgramFiles } from '../platform/program-files.ts';
import { childPortMessage } from '../platform/shell-protocol.ts';
import type { FromRuntime, ToRuntime } from '../platform/shell-protocol.ts';

export interface RuntimeProcess {
  /** Exit status. Resolves once; never rejects. */
  readonly exited: Promise<number>;
  /** Asks for a one-time login address; it arrives as a `login` message. */
  requestLogin(): void;
  /** Tells it that the computer woke up from sleep. */
  resumed(): void;
  /** Lets running answers finish, then ends the process. */
  stop(): void;
}

/** `--safe`: in safe mode · `--anyway`: also after starts that crashed · `--first-aid`: only its report */
export type RuntimeArgument = '--safe' | '--anyway' | '--first-aid';

/**
 * Forks the runtime as a utility process and, on its request, its engines beside it: a utility
 * process cannot fork one itself. Each engine gets a port that leads straight to the runtime.
 */
export function startRuntimeProcess(
  files: ProgramFiles,
  args: readonly RuntimeArgument[],
  onMessage: (message: FromRuntime) => void,
): RuntimeProcess {
  const runtime = utilityProcess.fork(entryFile(files, 'runtime-host'), [...args], {
    serviceName: 'Millpond runtime',
    stdio: 'inherit',
  });
  const children = new Map<number, UtilityProcess>();
  let nextLogin = 1;
  const post = (message: ToRuntime): void => {
    runtime.postMessage(message);
  };
  runtime.on('message', (message: FromRuntime) => {
    if (message.type === 'launch') launch(files, runtime, children, message);
    else if (message.type === 'kill') kill(children.get(message.childId), message.signal);
    else onMessage(message);
  });
  const exited = new Promise<number>((resolve) => {
    runtime.once('exit', (code) => {
      // The runtime disposes its engines; one that outlived a crash is ended here.
      for (const child of children.values()) child.kill();
      resolve(code);
    });
  });
  return {
    exited,
    requestLogin: () => {
      post({ type: 'request-login', requestId: nextLogin++ });
    },
    resumed: () => {
      post({ type: 'resumed' });
    },
    stop: () => {
      post({ type: 'stop' });
    },
  };
}

function launch(
  files: ProgramFiles,
  runtime: UtilityProcess,
  children: Map<number, UtilityProcess>,
  request: Extract<FromRuntime, { type: 'launch' }>,
): void {
  const { childId } = request;
  const child = utilityProcess.fork(entryFile(files, request.entry), [], {
    serviceName: `Millpond ${request.entry}`,
    stdio: 'pipe',
    env: { ...process.env, ...request.env },
  });
  children.set(childId, child);
  const post = (message: ToRuntime): void => {
    runtime.postMessage(message);
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      for (const line of data.toString('utf8').split('\n')) post({ type: 'output', childId, line });
    });
  }
  child.once('spawn', () => {
    const { port1, port2 } = new MessageChannelMain();
    child.postMessage(childPortMessage, [port1]);
    const launched: ToRuntime = { type: 'launched', childId, pid: child.pid };
    runtime.postMessage(launched, [port2]);
  });
  child.once('exit', (code) => {
    children.delete(childId);
    post({ type: 'exited', childId, code });
  });
}

/** Electron offers only the gentle signal; a process that hangs needs the other one. */
function kill(child: UtilityProcess | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child?.pid === undefined) return;
  if (signal === 'SIGTERM') child.kill();
  else process.kill(child.pid, 'SIGKILL');
}
