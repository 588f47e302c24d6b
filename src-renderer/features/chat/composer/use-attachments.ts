import { useState } from 'react';
import { api } from '../../../api.ts';
import type { Attachment } from '../types.ts';

/** A file on its way into a message. */
export type PendingFile =
  | { readonly phase: 'reading'; readonly key: string; readonly name: string }
  | { readonly phase: 'ready'; readonly key: string; readonly attachment: Attachment }
  | {
      readonly phase: 'refused';
      readonly key: string;
      readonly name: string;
      readonly error: unknown;
    };

export interface PendingFiles {
  readonly files: readonly PendingFile[];
  readonly add: (files: readonly File[]) => void;
  readonly remove: (key: string) => void;
  readonly clear: () => void;
  /** Sends only some pages. Rejects with the runtime's reason. */
  readonly choosePages: (key: string, pageRange: string) => Promise<void>;
}

/** The files of the message that is being written. */
export function usePendingFiles(): PendingFiles {
  const [files, setFiles] = useState<readonly PendingFile[]>([]);
  const put = (file: PendingFile) => {
    // A file that was taken off while it was read stays off.
    setFiles((known) => known.map((other) => (other.key === file.key ? file : other)));
  };
  return {
    files,
    add: (added) => {
      const started = added.map((file) => ({ key: crypto.randomUUID(), file }));
      setFiles((known) => [
        ...known,
        ...started.map(({ key, file }) => ({ phase: 'reading' as const, key, name: file.name })),
      ]);
      for (const { key, file } of started) {
        api.chats.attach({ name: file.name }, file).then(
          (attachment) => {
            put({ phase: 'ready', key, attachment });
          },
          (error: unknown) => {
            put({ phase: 'refused', key, name: file.name, error });
          },
        );
      }
    },
    remove: (key) => {
      setFiles((known) => known.filter((file) => file.key !== key));
    },
    clear: () => {
      setFiles([]);
    },
    choosePages: async (key, pageRange) => {
      const file = files.find((candidate) => candidate.key === key);
      if (file?.phase !== 'ready') return;
      const attachment = await api.chats.choosePages({ id: file.attachment.id, pageRange });
      put({ phase: 'ready', key, attachment });
    },
  };
}

export function readyAttachments(files: readonly PendingFile[]): readonly Attachment[] {
  return files.flatMap((file) => (file.phase === 'ready' ? [file.attachment] : []));
}
