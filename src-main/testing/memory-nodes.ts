import type {
  LedgerEntry,
  NodesStores,
  ProofStore,
  RateStore,
  StoredMachine,
  StoredPoolEvent,
  StoredProof,
  StoredRate,
} from '../gateway/nodes/ports.ts';

export interface MemoryNodesStores extends NodesStores {
  readonly proofs: ProofStore;
  readonly rates: RateStore;
}

/** What a gateway keeps about machines of pools, without a database. */
export function createMemoryNodesStores(): MemoryNodesStores {
  const entries: LedgerEntry[] = [];
  const machines = new Map<string, StoredMachine>();
  const proofs = new Map<string, StoredProof>();
  let events: readonly StoredPoolEvent[] = [];
  let rates: readonly StoredRate[] = [];
  const done = Promise.resolve();
  return {
    ledger: {
      add(added) {
        entries.push(...added);
        return done;
      },
      since: (day, poolId) =>
        Promise.resolve(
          entries.filter(
            (entry) => entry.day >= day && (poolId === undefined || entry.poolId === poolId),
          ),
        ),
      totals: () => Promise.resolve(entries.map((entry) => ({ ...entry, day: '', keyId: '' }))),
    },
    events: {
      append(added) {
        events = [...added.toReversed(), ...events];
        return done;
      },
      newest: () => Promise.resolve(events),
      prune: () => done,
    },
    machines: {
      list: () => Promise.resolve([...machines.values()]),
      save(saved) {
        for (const machine of saved) machines.set(machine.membershipId, machine);
        return done;
      },
      remove(id) {
        machines.delete(id);
        return done;
      },
    },
    proofs: {
      list: () => Promise.resolve([...proofs.values()]),
      save(proof) {
        proofs.set(`${proof.membershipId} ${proof.digest}`, proof);
        return done;
      },
      remove(id) {
        for (const [key, { membershipId }] of proofs) if (membershipId === id) proofs.delete(key);
        return done;
      },
    },
    rates: {
      list: () => Promise.resolve(rates),
      replace(next) {
        rates = next;
        return done;
      },
    },
  };
}
