/** Tables of what keys, people and models may use. */
export interface LimitTables {
  model_limits: ModelLimitsTable;
  limit_counters: LimitCountersTable;
  limit_rates: LimitRatesTable;
}

export interface ModelLimitsTable {
  model_id: string;
  limits: string;
}

export interface LimitCountersTable {
  /** Such as `key:ID`. */
  subject: string;
  unit: string;
  /** A local day such as `2026-11-21`, or a month such as `2026-11`. */
  period: string;
  taken: number;
  /** Somebody was told that it is nearly used up. */
  told: number;
}

export interface LimitRatesTable {
  /** Always 1: there is one row. */
  only: number;
  rates: string;
}
