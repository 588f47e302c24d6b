import { fork } from 'node:child_process';
import { once } from 'node:events';

/** What a child process lets its parent call. Arguments and results travel as JSON. */
export type RemoteCalls = Readonly<Record<string, (...args: never[]) => unknown>>;

interface CallMessage {
  readonly id: number;
  readonly name: string;
  readonly args: readonly never[];
}

type ChildMessage =
  | { readonly id: number; readonly value?: unknown }
  | { readonly id: number; readonly failure: string }
  | { readonly event: string; readonly data: unknown };

/** Serves its parent from now on, and ends with it. For children made by `forkCalls`. */
export function serveCalls(calls: RemoteCalls, close: () => Promise<void> | void): void {
  process.on('message', (message: CallMessage) => {
    void answerCall(calls, message);
  });
  process.once('disconnect', () => {
    void Promise.resolve(close()).finally(() => process.exit(0));
  });
  process.send?.({ event: 'ready', data: undefined });
}

async function answerCall(calls: RemoteCalls, { id, name, args }: CallMessage): Promise<void> {
  try {
    const value = await calls[name]?.(...args);
    process.send?.({ id, value });
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.send?.({ id, failure });
  }
}

/** Tells the parent something that it did not ask for. */
export function tellParent(event: string, data: unknown): void {
  if (process.connected) process.send?.({ event, data });
}

type ResultOf<Call> = Call extends (...args: never[]) => infer Result ? Awaited<Result> : never;

/** A child process and what it can be asked. */
export interface RemoteProcess<Calls extends RemoteCalls> extends AsyncDisposable {
  readonly pid: number;
  /** Rejects with what the child threw, or when it is gone. */
  call<Name extends keyof Calls & string>(
    name: Name,
    ...args: Parameters<Calls[Name]>
  ): Promise<ResultOf<Calls[Name]>>;
  /** What the child tells by itself. */
  onEvent(listener: (event: string, data: unknown) => void): () => void;
  /** Ends it without a word. Resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts `file` as a process of its own; resolves once it serves. */
export async function forkCalls<Calls extends RemoteCalls>(
  file: string,
  {
    args = [],
    execArgv = [],
  }: { readonly args?: readonly string[]; readonly execArgv?: readonly string[] } = {},
): Promise<RemoteProcess<Calls>> {
  const child = fork(file, [...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [...execArgv],
  });
  const ended = once(child, 'exit');
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const listeners = new Set<(event: string, data: unknown) => void>();
  const ready = Promise.withResolvers<undefined>();
  let lastId = 0;
  child.on('message', (message: ChildMessage) => {
    if ('event' in message) {
      if (message.event === 'ready') ready.resolve(undefined);
      for (const listener of listeners) listener(message.event, message.data);
      return;
    }
    const waiter = waiting.get(message.id);
    waiting.delete(message.id);
    if ('failure' in message) waiter?.reject(new Error(message.failure));
    else waiter?.resolve(message.value);
  });
  void ended.then(() => {
    const gone = new Error(`${file} has ended`);
    ready.reject(gone);
    for (const waiter of waiting.values()) waiter.reject(gone);
    waiting.clear();
  });
  await ready.promise;
  return {
    pid: child.pid ?? 0,
    call<Name extends keyof Calls & string>(name: Name, ...callArgs: Parameters<Calls[Name]>) {
      lastId += 1;
      const id = lastId;
      const waiter = Promise.withResolvers<unknown>();
      waiting.set(id, waiter);
      child.send({ id, name, args: callArgs }, (error) => {
        if (error !== null) waiter.reject(error);
      });
      // The child's own function has this type.
      return waiter.promise as Promise<ResultOf<Calls[Name]>>;
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async [Symbol.asyncDispose]() {
      // Ctrl+C reaches it too: it may be gone already.
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
