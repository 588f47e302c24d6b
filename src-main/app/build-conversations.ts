import { createChats } from '../chats/create-chats.ts';
import type { Chats } from '../chats/create-chats.ts';
import { createWorkerTextExtractor } from '../chats/attachments/worker-text-extractor.ts';
import type { Clock } from '../core/clock.ts';
import type { ModelManifest } from '../core/model.ts';
import type { Log } from '../platform/logger.ts';
import type { DataPaths } from '../platform/paths.ts';
import { entryFile } from '../platform/program-files.ts';
import type { ProgramFiles } from '../platform/program-files.ts';
import type { GatewayServices } from './build-gateway.ts';
import type { ModelCatalogue } from './model-catalogue.ts';
import type { Storage } from './build-storage.ts';

interface ConversationsDeps {
  readonly files: ProgramFiles;
  readonly paths: DataPaths;
  readonly clock: Clock;
  readonly log: Log;
  readonly storage: Storage;
  readonly catalogue: ModelCatalogue;
  readonly library: { find(name: string): ModelManifest | undefined };
  readonly gateway: Pick<GatewayServices, 'windowBackend' | 'publish'>;
}

/** The window's conversations: asked through the same pipeline as every other caller. */
export function buildConversations(deps: ConversationsDeps): Chats {
  const { files, storage, library, catalogue, gateway } = deps;
  return createChats({
    store: storage.chats,
    attachments: storage.attachments,
    presets: storage.presets,
    models: {
      infer: (request, options) =>
        gateway.windowBackend(request.envelope.tenant).infer(request, options),
      defaultSystemPrompt: (model) =>
        Promise.resolve(catalogue.systemPrompt(library.find(model)?.id ?? model)),
      digest: (model) => library.find(model)?.digest,
    },
    extractor: createWorkerTextExtractor({ workerFile: entryFile(files, 'attachment-worker') }),
    journalFolder: deps.paths.journalFolder,
    clock: deps.clock,
    log: deps.log.logger.child({ component: 'chats' }),
    publish: ({ topic, data }) => {
      gateway.publish(topic, data);
    },
  });
}
