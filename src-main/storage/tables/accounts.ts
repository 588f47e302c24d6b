/** What the gateway keeps about accounts besides persons. */
export interface AccountsTables {
  audit_entries: AuditEntriesTable;
  /** Holds a row only while entries are deleted by age: the table's trigger asks for it. */
  audit_pruning: AuditPruningTable;
}

export interface AuditEntriesTable {
  id: string;
  at: number;
  /** Empty for the program itself and for strangers. */
  person_id: string;
  person_name: string;
  action: string;
  subject: string;
  outcome: string;
  address: string;
}

interface AuditPruningTable {
  before: number;
}
