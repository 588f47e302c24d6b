import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNodeHost } from '../../../src-main/agent/node-host.ts';
import { createSharing } from '../../../src-main/agent/sharing.ts';
import {
  machine,
  memoryContributions,
  memorySettings,
  scriptedSignals,
} from '../../../src-main/agent/sharing.fixture.ts';
import { defaultSettings } from '../../../src-main/contract/settings.ts';
import { newId } from '../../../src-main/core/identity.ts';
import { createConnectionRegister } from '../../../src-main/platform/http/connection-register.ts';
import { silentLogger } from '../../../src-main/platform/logger.ts';
import { enrolMachine } from '../../../src-main/testing/pool/enrol-machine.ts';
import type { KeptMembership } from '../../../src-main/testing/pool/enrol-machine.ts';
import { TunnelClient } from '../../../src-main/tunnel/client/tunnel-client.ts';
import { answerQuestions, startedWith } from './answer-questions.ts';
import { createCountingClock } from './counting-clock.ts';
import type { MachineMeasure, MachineQuestion, MachineStart } from './messages.ts';
import { ScriptedEngine } from './scripted-engine.ts';

/**
 * A machine of two pools, in a process that can be killed: the product's tunnel client and agent over
 * engines that answer by script. It keeps its memberships in its folder, as the product does in its database.
 */

const { folder, name, models, mutation } = startedWith() as MachineStart;
const clock = createCountingClock();
const wayOut = { register: createConnectionRegister(clock), clock };
const gatewayId = newId();
const engine = new ScriptedEngine({ models, clock });
const { sharing: usual } = defaultSettings;
const sharing = createSharing({
  settings: memorySettings({ limits: { ...usual.limits, answersAtOnce: 64 } }),
  signals: scriptedSignals().signals,
  contributions: memoryContributions().store,
  engines: engine,
  keepAwake: { set: () => {} },
  clock,
  log: silentLogger,
  hasPools: () => true,
});
await sharing.start();

const clients: TunnelClient[] = [];
for (const file of readdirSync(folder).filter((each) => each.endsWith('.membership.json'))) {
  connect(JSON.parse(readFileSync(join(folder, file), 'utf8')) as KeptMembership);
}
answerQuestions(true, answer);

async function answer(question: MachineQuestion): Promise<unknown> {
  switch (question.ask) {
    case 'join':
      await joinPool(question);
      return undefined;
    case 'measure':
      return Promise.resolve(measure());
    case 'shift-clock':
      clock.shift(question.byMs);
      return undefined;
    case 'die-when-asked':
      engine.onNextRequest = question.isArmed ? dieNow : undefined;
      return undefined;
    case 'refuse-answers':
      engine.isRefusing = question.isRefusing;
      return undefined;
  }
}

async function joinPool({
  gateway,
  invite,
}: Extract<MachineQuestion, { ask: 'join' }>): Promise<void> {
  const signal = AbortSignal.timeout(15_000);
  const kept = await enrolMachine({ ...wayOut, name, gateway, invite, signal });
  keep(kept);
  connect(kept);
}

function connect({ membership, privateKey }: KeptMembership): void {
  const { poolId } = membership;
  const client = new TunnelClient({
    ...{ ...wayOut, membership, privateKey, gatewayId },
    logger: silentLogger,
    host: createNodeHost({
      ...{ sharing, poolId, engines: engine },
      machine: { ...machine, name: () => name },
      isOffered: () => true,
      faults: { isTenantOff: mutation === 'wrong-tenant-slot' },
    }),
    persistEpoch: (epoch) => {
      keep({ membership: { ...membership, epoch }, privateKey });
      return Promise.resolve();
    },
    faults: { isRingOff: mutation === 'ring-off' },
  });
  clients.push(client);
  client.start();
}

function dieNow(): void {
  process.kill(process.pid, 'SIGKILL');
}

function keep(kept: KeptMembership): void {
  const { poolId } = kept.membership;
  writeFileSync(join(folder, `${poolId}.membership.json`), JSON.stringify(kept));
}

function measure(): MachineMeasure {
  return {
    links: clients.map((client) => client.state().phase),
    answering: sharing.runs.count,
    slotsInUse: engine.slotsInUse,
    evaluated: engine.takeEvaluated(),
  };
}
