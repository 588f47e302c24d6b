import { runEngineHost } from './engines/llama-cpp/engine-host.ts';
import { parentTransport } from './engines/llama-cpp/parent-transport.ts';
import { systemClock } from './platform/system-clock.ts';

runEngineHost(parentTransport(), {
  clock: systemClock,
  exit: () => {
    process.exit(0);
  },
});
