import type { DeviceReport } from '../hosting/host-protocol.ts';
import type { Backend } from './backend.ts';

/** What this build of the engine sees of the machine's accelerators. */
export async function describeDevices({ llama }: Backend): Promise<DeviceReport> {
  const backend = llama.gpu === false ? 'none' : llama.gpu;
  const [deviceNames, vram] = await Promise.all([llama.getGpuDeviceNames(), llama.getVramState()]);
  return {
    backend,
    deviceNames,
    totalMemoryBytes: vram.total,
    unifiedMemoryBytes: vram.unifiedSize,
    systemInfo: llama.systemInfo,
  };
}
