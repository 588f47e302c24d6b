import { useEffect, useState } from 'react';
import { api } from '../../../api.ts';
import type { Attachment } from '../types.ts';
import { preparePicture } from './prepare-picture.ts';

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
  /** Files that the runtime has read already. */
  readonly put: (attachments: readonly Attachment[]) => void;
  readonly remove: (key: string) => void;
  readonly clear: () => void;
  /** Sends only some pages. Rejects with the runtime's reason. */
  readonly choosePages: (key: string, pageRange: string) => Promise<void>;
}

/** Where the files of a draft outlive the page. */
export interface FileDraft {
  readonly read: () => readonly Attachment[];
  readonly write: (files: readonly Attachment[]) => void;
}

/** The files of the message that is being written. */
export function usePendingFiles(draft: FileDraft): PendingFiles {
  const [files, setFiles] = useState<readonly PendingFile[]>(() => draft.read().map(readyFile));
  const replace = (file: PendingFile) => {
    // A file that was taken off while it was read stays off.
    setFiles((known) => known.map((other) => (other.key === file.key ? file : other)));
  };
  useEffect(() => {
    draft.write(readyAttachments(files));
    // The draft belongs to one chat, and so does this composer.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [files]);
  return {
    files,
    add: (added) => {
      const started = added.map((file) => ({ key: crypto.randomUUID(), file }));
      setFiles((known) => [
        ...known,
        ...started.map(({ key, file }) => ({ phase: 'reading' as const, key, name: file.name })),
      ]);
      for (const { key, file } of started) {
        attach(file).then(
          (attachment) => {
            replace({ phase: 'ready', key, attachment });
          },
          (error: unknown) => {
            replace({ phase: 'refused', key, name: file.name, error });
          },
        );
      }
    },
    put: (attachments) => {
      setFiles((known) => [...known, ...attachments.map(readyFile)]);
    },
    remove: (key) => {
      setFiles((known) => known.filter((file) => file.key !== key));
    },
    clear: () => {
      // At once: the first message of a chat takes this composer away before it is drawn again.
      draft.write([]);
      setFiles([]);
    },
    choosePages: async (key, pageRange) => {
      const file = files.find((candidate) => candidate.key === key);
      if (file?.phase !== 'ready') return;
      const attachment = await api.chats.choosePages({ id: file.attachment.id, pageRange });
      replace({ phase: 'ready', key, attachment });
    },
  };
}

async function attach(file: File): Promise<Attachment> {
  return api.chats.attach({ name: file.name }, await preparePicture(file));
}

function readyFile(attachment: Attachment): PendingFile {
  return { phase: 'ready', key: attachment.id, attachment };
}

export function readyAttachments(files: readonly PendingFile[]): readonly Attachment[] {
  return files.flatMap((file) => (file.phase === 'ready' ? [file.attachment] : []));
}
