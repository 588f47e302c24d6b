import { childPortMessage, shellParentPort } from '../../platform/shell-protocol.ts';

/** The way from a child to the process that wants it. Messages are structured-clonable values. */
export interface ParentTransport<In, Out> {
  post(message: Out): void;
  onMessage(listener: (message: In) => void): void;
  /** Called once, when the other side is gone. */
  onClose(listener: () => void): void;
}

/**
 * In an Electron utility process the shell sends a port that leads to the runtime; a forked child has
 * its channel already. Messages are not parsed: both ends come from the same build.
 */
export function parentTransport<In, Out>(): ParentTransport<In, Out> {
  return shellParentPort() === undefined ? overForkChannel() : overShellPort();
}

function overForkChannel<In, Out>(): ParentTransport<In, Out> {
  return {
    post(message) {
      // After a disconnect `onClose` ends this process; there is nobody left to tell.
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage(listener) {
      process.on('message', listener as (message: unknown) => void);
    },
    onClose(listener) {
      process.once('disconnect', listener);
    },
  };
}

function overShellPort<In, Out>(): ParentTransport<In, Out> {
  const listeners: ((message: In) => void)[] = [];
  const closings: (() => void)[] = [];
  const waiting: Out[] = [];
  let send = (message: Out): void => {
    waiting.push(message);
  };
  shellParentPort()?.on('message', ({ data, ports: [port] }) => {
    if (data !== childPortMessage || port === undefined) return;
    send = (message) => {
      port.postMessage(message);
    };
    port.on('message', (event) => {
      for (const listener of listeners) listener(event.data as In);
    });
    port.on('close', () => {
      for (const closing of closings) closing();
    });
    port.start();
    for (const message of waiting.splice(0)) send(message);
  });
  return {
    post: (message) => {
      send(message);
    },
    onMessage: (listener) => {
      listeners.push(listener);
    },
    onClose: (listener) => {
      closings.push(listener);
    },
  };
}
