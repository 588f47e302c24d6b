import { GgufFileType } from 'node-llama-cpp';
import type { GgufFileInfo, GgufInsights } from 'node-llama-cpp';
import type { ModelCapabilities, ModelFacts } from '../../core/model.ts';
import { createChatTemplate } from '../text/chat-template.ts';
import type { ChatTemplate } from '../text/chat-template.ts';

/** GGUF's `pooling_type`: how a model made for vectors joins those of its tokens. */
const pooledTypes: ReadonlySet<number | undefined> = new Set([1, 2, 3, 4]);
const rankPooling = 4;

/** Architectures that read a whole text at once and write none. */
const encoderArchitectures: ReadonlySet<string> = new Set([
  'bert',
  'nomic-bert',
  'nomic-bert-moe',
  'neo-bert',
  'modern-bert',
  'jina-bert-v2',
  'jina-bert-v3',
  'eurobert',
  'gemma-embedding',
  't5encoder',
]);

/** What the file itself says about a model. */
export function readModelFacts(info: GgufFileInfo, insights: GgufInsights): ModelFacts {
  const { general } = info.metadata;
  const quantization = quantizationName(info);
  return {
    architecture: general.architecture,
    ...(general.name !== undefined && { displayName: general.name }),
    ...(quantization !== undefined && { quantization }),
    parameterCount: insights.totalParameters,
    trainedContextLength: insights.trainContextSize ?? 0,
    capabilities: capabilitiesOf(
      info,
      insights,
      chatTemplateOf(info, { bosToken: '', eosToken: '' }),
    ),
  };
}

/** GGUF's token types whose text stands for something: control tokens and those of the user. */
const specialTypes: ReadonlySet<number | undefined> = new Set([3, 4]);

/** The template of the file, or ChatML when it has none. */
export function chatTemplateOf(
  { metadata: { tokenizer } }: GgufFileInfo,
  ends: { readonly bosToken: string; readonly eosToken: string },
): ChatTemplate {
  const { token_type: types, tokens } = tokenizer.ggml;
  return createChatTemplate({
    template: tokenizer.chat_template,
    ...ends,
    specialTokens: tokens.filter((_, index) => specialTypes.has(types[index])),
  });
}

/** Read from architecture, pooling and chat template; never guessed from a name. */
export function capabilitiesOf(
  info: GgufFileInfo,
  insights: GgufInsights,
  template: ChatTemplate,
): ModelCapabilities {
  const architecture: string = info.metadata.general.architecture;
  const pooling: number | undefined = info.architectureMetadata.pooling_type;
  const generates = !encoderArchitectures.has(architecture) && !pooledTypes.has(pooling);
  return {
    chat: generates,
    completion: generates,
    embedding: pooling !== rankPooling && architecture !== 't5',
    rerank: insights.supportsRanking,
    // A template that knows no tools is given an instruction, and grammars hold the calls to it.
    tools: generates,
    reasoning: generates && template.reasoning !== undefined,
    vision: false,
    continuation: generates,
  };
}

function quantizationName(info: GgufFileInfo): string | undefined {
  const type = info.metadata.general.file_type;
  if (type === undefined) return undefined;
  const names: Readonly<Record<number, string | undefined>> = GgufFileType;
  return names[type]?.replace(/^(?:MOSTLY|ALL)_/, '');
}
