import { alertKind, alertSettings } from '../../contract/alerts.ts';
import type { Alert, AlertSettings } from '../../contract/alerts.ts';

/** What a store reads back. */
export const storedAlertKind = alertKind;
export const storedAlertSettings = alertSettings;

/** An alert with what it is about: of one kind and subject one lasts at a time. */
export interface StoredAlert extends Alert {
  /** Such as a machine's id; empty where there is only one. */
  readonly subject: string;
}

export interface AlertStore {
  /** Newest first. */
  list(limit: number): Promise<readonly StoredAlert[]>;
  /** Replaces the one with the same id, and keeps only the newest so many. */
  save(alert: StoredAlert, kept: number): Promise<void>;
  settings(): Promise<AlertSettings | undefined>;
  saveSettings(settings: AlertSettings): Promise<void>;
}

/** Encrypted at rest. Rejects with `unavailable` where a secret cannot be read. */
export interface Secrets {
  read(name: string): Promise<string | undefined>;
  write(name: string, value: string | undefined): Promise<void>;
}
