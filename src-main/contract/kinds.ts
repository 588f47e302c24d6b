import type { z } from 'zod';

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/**
 * One request of the control API. `:name` parts of the path are taken from the input field of the
 * same name; what is left travels as the query of a GET and as the JSON body of everything else.
 */
export interface Call<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly kind: 'call';
  readonly method: HttpMethod;
  readonly path: string;
  readonly input: Input;
  readonly output: Output;
  /** `stranger` needs no session: opening one. Everything else belongs to a signed-in person. */
  readonly access: 'session' | 'stranger';
}

/** Like a call, but the body is the file's raw bytes and the input travels in the query. */
export interface Upload<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly kind: 'upload';
  readonly method: 'POST';
  readonly path: string;
  readonly input: Input;
  readonly output: Output;
  readonly maxBytes: number;
}

/** Something the runtime tells every open tab over its one WebSocket. */
export interface Notification<Data extends z.ZodType = z.ZodType> {
  readonly kind: 'notification';
  readonly topic: string;
  readonly data: Data;
}

export function call<Input extends z.ZodType, Output extends z.ZodType>(
  method: HttpMethod,
  path: string,
  input: Input,
  output: Output,
): Call<Input, Output> {
  return { kind: 'call', method, path, input, output, access: 'session' };
}

/** A call that needs no session. The route-table test holds this list against the design. */
export function strangerCall<Input extends z.ZodType, Output extends z.ZodType>(
  method: HttpMethod,
  path: string,
  input: Input,
  output: Output,
): Call<Input, Output> {
  return { ...call(method, path, input, output), access: 'stranger' };
}

export function upload<Input extends z.ZodType, Output extends z.ZodType>(
  path: string,
  input: Input,
  output: Output,
  maxBytes: number,
): Upload<Input, Output> {
  return { kind: 'upload', method: 'POST', path, input, output, maxBytes };
}

export function notify<Data extends z.ZodType>(topic: string, data: Data): Notification<Data> {
  return { kind: 'notification', topic, data };
}

export type Entry = Call | Upload | Notification;
export type Section = Readonly<Record<string, Entry>>;
export type Contract = Readonly<Record<string, Section>>;

type ClientEntry<E> =
  E extends Call<infer Input, infer Output>
    ? (input: z.input<Input>, options?: { signal?: AbortSignal }) => Promise<z.output<Output>>
    : E extends Upload<infer Input, infer Output>
      ? (
          input: z.input<Input>,
          body: Blob | Uint8Array<ArrayBuffer>,
          options?: { signal?: AbortSignal },
        ) => Promise<z.output<Output>>
      : never;

type HandlerEntry<E, Context> =
  E extends Call<infer Input, infer Output>
    ? (input: z.output<Input>, context: Context) => Promise<z.input<Output>> | z.input<Output>
    : E extends Upload<infer Input, infer Output>
      ? (
          input: z.output<Input>,
          body: Uint8Array,
          context: Context,
        ) => Promise<z.input<Output>> | z.input<Output>
      : never;

type Requests<S> = {
  [K in keyof S as S[K] extends Notification ? never : K]: S[K];
};

/** What a browser tab or the command line calls: `client.chats.send({ ... })`. */
export type Client<C> = {
  readonly [S in keyof C]: { readonly [K in keyof Requests<C[S]>]: ClientEntry<C[S][K]> };
};

/** What `app/` implements: one function for each call and upload. */
export type Handlers<C, Context> = {
  readonly [S in keyof C]: { readonly [K in keyof Requests<C[S]>]: HandlerEntry<C[S][K], Context> };
};
