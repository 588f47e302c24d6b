/** Cloud providers. Their keys are secrets and lie elsewhere. */
export interface ProvidersTable {
  id: string;
  name: string;
  preset: string;
  base_url: string;
  access: string;
  is_enabled: number;
  /** Public names by the provider's own. */
  names: string;
  /** The provider's names; null: all that it lists. */
  served: string | null;
  /** Models as it listed them last. */
  listed: string;
  created_at: number;
}

export interface ProviderKeysTable {
  id: string;
  provider_id: string;
  shown: string;
  created_at: number;
  state: string;
}

export interface ProviderTables {
  providers: ProvidersTable;
  provider_keys: ProviderKeysTable;
}
