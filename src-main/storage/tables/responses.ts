export interface ResponseTables {
  responses: ResponsesTable;
}

export interface ResponsesTable {
  id: string;
  owner: string;
  person_id: string;
  created_at: number;
  previous_id: string | null;
  /** JSON: the response object. */
  response: string;
  /** JSON: the items of its own input. */
  input: string;
  size_bytes: number;
}
