import { expect, test } from 'vitest';
import type { GpuFacts } from '../../core/hardware.ts';
import { deviceEnvironment } from './device-environment.ts';

const card = (name: string, isMissing = false): GpuFacts => ({
  name,
  vendor: 'nvidia',
  isMissing,
});

test('without a choice no card is hidden, and cards are numbered by their bus', () => {
  expect(deviceEnvironment({}, [card('a'), card('b')])).toEqual({
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
  });
  expect(deviceEnvironment({ gpus: [] }, [card('a')])).toEqual({ CUDA_DEVICE_ORDER: 'PCI_BUS_ID' });
});

test('chosen cards are the only ones that each kind of driver sees', () => {
  expect(deviceEnvironment({ gpus: [2, 0] }, [card('a'), card('b'), card('c')])).toMatchObject({
    CUDA_VISIBLE_DEVICES: '0,2',
    GGML_VK_VISIBLE_DEVICES: '0,2',
    HIP_VISIBLE_DEVICES: '0,2',
    ONEAPI_DEVICE_SELECTOR: 'level_zero:0,2',
  });
});

test('a missing card keeps its place in the list, but engines do not count it', () => {
  expect(deviceEnvironment({ gpus: [1] }, [card('a', true), card('b')])).toMatchObject({
    CUDA_VISIBLE_DEVICES: '0',
  });
});
