export interface AliasTables {
  model_aliases: ModelAliasesTable;
}

export interface ModelAliasesTable {
  name: string;
  /** JSON: `model` and `maxQueueMs`, in order. */
  members: string;
  may_cross_to_cloud: number;
  created_at: number;
}
