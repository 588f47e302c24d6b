/** Keeps small secrets on this machine; implemented outside. */
export interface HubSecrets {
  /** Undefined when nothing was kept under this name. */
  read(name: string): Promise<string | undefined>;
  /** `undefined` takes it away. */
  write(name: string, value: string | undefined): Promise<void>;
}

/** Writes what an operator may need later; never a token. */
export interface HubLog {
  info(data: object, sentence: string): void;
  warn(data: object, sentence: string): void;
}

/** What the person decided, read anew for every request. */
export interface HubSettings {
  /** Empty: `HF_ENDPOINT`, else the official hub. */
  readonly endpoint: string;
  /** Nothing may leave this machine. */
  readonly isLocalOnly: boolean;
}

/** Variables of the environment, such as `HF_ENDPOINT`. */
export type Environment = Readonly<Record<string, string | undefined>>;
