import type {
  MachineStore,
  ProofStore,
  RateStore,
  StoredMachine,
  StoredProof,
} from '../gateway/nodes/ports.ts';
import type { Database } from './open-database.ts';
import type { MachineProofsTable, MachinesTable } from './schema.ts';

/** What machines of pools are, for the time when they are away. */
export function createMachineStore(database: Database): MachineStore {
  return {
    async list() {
      const rows = await database.selectFrom('machines').selectAll().execute();
      return rows.map(toMachine);
    },
    async save(machines) {
      await database.transaction().execute(async (transaction) => {
        for (const machine of machines) {
          const row = toMachineRow(machine);
          await transaction
            .insertInto('machines')
            .values(row)
            .onConflict((conflict) => conflict.column('membership_id').doUpdateSet(row))
            .execute();
        }
      });
    },
    async remove(membershipId) {
      await database.deleteFrom('machines').where('membership_id', '=', membershipId).execute();
    },
  };
}

/** The gateway's own measurements, so that a restart does not forget who is fast. */
export function createRateStore(database: Database): RateStore {
  return {
    async list() {
      const rows = await database.selectFrom('measured_rates').selectAll().execute();
      return rows.map((row) => ({
        upstreamId: row.upstream_id,
        modelKey: row.model_key,
        prefillPerSecond: row.prefill_per_second,
        decodePerSecond: row.decode_per_second,
        at: row.at,
      }));
    },
    async replace(rates) {
      await database.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('measured_rates').execute();
        for (const rate of rates) {
          await transaction
            .insertInto('measured_rates')
            .values({
              upstream_id: rate.upstreamId,
              model_key: rate.modelKey,
              prefill_per_second: rate.prefillPerSecond,
              decode_per_second: rate.decodePerSecond,
              at: rate.at,
            })
            .execute();
        }
      });
    },
  };
}

/** What canaries said about the weights of machines. */
export function createProofStore(database: Database): ProofStore {
  return {
    async list() {
      const rows = await database.selectFrom('machine_proofs').selectAll().execute();
      return rows.map(toProof);
    },
    async save(proof) {
      const { membershipId, digest, verdict, reason, at } = proof;
      const verdictRow = { verdict, reason, at };
      await database
        .insertInto('machine_proofs')
        .values({ membership_id: membershipId, digest, ...verdictRow })
        .onConflict((conflict) =>
          conflict.columns(['membership_id', 'digest']).doUpdateSet(verdictRow),
        )
        .execute();
    },
    async remove(membershipId) {
      await database
        .deleteFrom('machine_proofs')
        .where('membership_id', '=', membershipId)
        .execute();
    },
  };
}

function toMachine(row: MachinesTable): StoredMachine {
  return {
    membershipId: row.membership_id,
    hardware: row.hardware,
    memoryKind: row.memory_kind === 'gpu' ? 'gpu' : 'main',
    memoryBytes: row.memory_bytes,
    version: row.version,
    lastSeenAt: row.last_seen_at,
  };
}

function toMachineRow(machine: StoredMachine): MachinesTable {
  return {
    membership_id: machine.membershipId,
    hardware: machine.hardware,
    memory_kind: machine.memoryKind,
    memory_bytes: machine.memoryBytes,
    version: machine.version,
    last_seen_at: machine.lastSeenAt,
  };
}

function toProof(row: MachineProofsTable): StoredProof {
  return {
    membershipId: row.membership_id,
    digest: row.digest,
    verdict: row.verdict === 'verified' ? 'verified' : 'quarantined',
    reason: row.reason,
    at: row.at,
  };
}
