/** An answer of the Responses API as it is kept for a later turn. */
export interface StoredResponse {
  /** `resp_` and the id of its request. */
  readonly id: string;
  /** Whose it is; nobody else ever sees it. */
  readonly owner: string;
  /** For when the person goes. */
  readonly personId: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** The answer before it, of the same owner. */
  readonly previousId?: string;
  /** JSON: the response object as its caller got it. */
  readonly response: string;
  /** JSON: the items of its own input, without those of earlier answers. */
  readonly input: string;
}

/** Answers at rest. Every question names the owner. */
export interface ResponseStore {
  insert(responses: readonly StoredResponse[]): Promise<void>;
  get(owner: string, id: string): Promise<StoredResponse | undefined>;
  /** The answer and all before it, oldest first; stops where one is gone. Empty when it is not known. */
  chain(owner: string, id: string): Promise<readonly StoredResponse[]>;
  /** False when there was nothing. */
  remove(owner: string, id: string): Promise<boolean>;
  removePerson(personId: string): Promise<void>;
  /** Deletes what was made before `before`, and of each owner the oldest beyond `maxBytes`. */
  prune(limits: { readonly before: number; readonly maxBytes: number }): Promise<void>;
}
