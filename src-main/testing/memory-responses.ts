import type { ResponseStore, StoredResponse } from '../gateway/responses/ports.ts';

/** Kept answers without a database. */
export class MemoryResponseStore implements ResponseStore {
  readonly rows = new Map<string, StoredResponse>();

  insert(responses: readonly StoredResponse[]): Promise<void> {
    for (const response of responses) this.rows.set(response.id, response);
    return Promise.resolve();
  }

  get(owner: string, id: string): Promise<StoredResponse | undefined> {
    return Promise.resolve(this.find(owner, id));
  }

  chain(owner: string, id: string): Promise<readonly StoredResponse[]> {
    const turns: StoredResponse[] = [];
    let next = this.find(owner, id);
    while (next !== undefined) {
      turns.unshift(next);
      next = next.previousId === undefined ? undefined : this.find(owner, next.previousId);
    }
    return Promise.resolve(turns);
  }

  remove(owner: string, id: string): Promise<boolean> {
    return Promise.resolve(this.find(owner, id) !== undefined && this.rows.delete(id));
  }

  removePerson(personId: string): Promise<void> {
    this.removeWhere((row) => row.personId === personId);
    return Promise.resolve();
  }

  prune({ before }: { readonly before: number; readonly maxBytes: number }): Promise<void> {
    this.removeWhere((row) => row.createdAt < before);
    return Promise.resolve();
  }

  private find(owner: string, id: string): StoredResponse | undefined {
    const row = this.rows.get(id);
    return row?.owner === owner ? row : undefined;
  }

  private removeWhere(matches: (row: StoredResponse) => boolean): void {
    for (const row of this.rows.values()) if (matches(row)) this.rows.delete(row.id);
  }
}
