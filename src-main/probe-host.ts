import { parentTransport } from './engines/llama-cpp/parent-transport.ts';
import { runProbeHost } from './engines/llama-cpp/probe-host.ts';

runProbeHost(parentTransport(), () => {
  process.exit(0);
});
