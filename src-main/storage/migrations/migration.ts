/**
 * One step of the schema. Steps are numbered from 1 without gaps and only ever appended: a released
 * step is never edited.
 */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}
