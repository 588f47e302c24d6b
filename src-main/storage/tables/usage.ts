/** What one hour adds to one account. Empty ids: none, such as requests without a key. */
export interface UsageHoursTable {
  /** Epoch milliseconds of its beginning, in the gateway's time zone. */
  hour: number;
  key_id: string;
  person_id: string;
  model: string;
  /** The upstream that answered: a machine's membership, `local`; empty for providers. */
  machine: string;
  provider: string;
  pool_id: string;
  requests: number;
  failed: number;
  prompt_tokens: number;
  cached_tokens: number;
  completion_tokens: number;
  reasoning_tokens: number;
  cost_micros: number;
  credit_micros: number;
  unpriced: number;
}

/** What keys and machines were called when they were used last: they may be gone. */
export interface UsageLabelsTable {
  kind: 'key' | 'machine';
  id: string;
  label: string;
}

/** Prices that people set. */
export interface PricesTable {
  model: string;
  /** Empty: whoever answers with the model. */
  provider: string;
  tiers: string;
  contributor_tiers: string | null;
}

export interface AlertsTable {
  id: string;
  at: number;
  kind: string;
  /** What it is about, such as a machine's id: one of a kind and subject lasts at a time. */
  subject: string;
  message: string;
  ended_at: number | null;
}

export interface AlertSettingsTable {
  /** Always 1: there is one row. */
  only_one: number;
  settings: string;
}

export interface UsageTables {
  usage_hours: UsageHoursTable;
  usage_labels: UsageLabelsTable;
  prices: PricesTable;
  alerts: AlertsTable;
  alert_settings: AlertSettingsTable;
}
