import { battery, cpu, graphics, osInfo } from 'systeminformation';
import { readAmdCards } from './amdgpu-sysfs.ts';
import { askNvidiaSmi } from './nvidia-smi.ts';
import type { SystemAnswers, SystemBattery, SystemQuestion } from './system-reader.ts';

/** Asking a driver can hang; a part that takes longer is left out. */
const patienceMs = 5000;

/** Runs in a thread of its own: some of these questions start programs and wait for them. */
export async function answerSystem(
  question: SystemQuestion,
): Promise<SystemAnswers | SystemBattery> {
  return question === 'battery' ? await askBattery() : await askParts();
}

/** Never rejects: what cannot be learnt is left out. */
async function askParts(): Promise<SystemAnswers> {
  const [processor, os, display, nvidia, amd] = await Promise.all([
    attempt(cpu()),
    attempt(osInfo()),
    attempt(graphics()),
    askNvidiaSmi(),
    readAmdCards(),
  ]);
  return { cpu: processor, os, controllers: display?.controllers, nvidia, amd };
}

async function askBattery(): Promise<SystemBattery> {
  const { hasBattery, isCharging, acConnected, percent } = await battery();
  return { hasBattery, isCharging, acConnected, percent };
}

async function attempt<T>(question: Promise<T>): Promise<T | undefined> {
  const tooLate = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    tooLate.resolve(undefined);
  }, patienceMs);
  try {
    return await Promise.race([question, tooLate.promise]);
  } catch {
    return undefined; // The machine works without this fact.
  } finally {
    clearTimeout(timer);
  }
}
