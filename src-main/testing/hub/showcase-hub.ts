import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeGguf } from '../gguf/gguf-writer.ts';
import {
  publishedMetadata,
  publishedTensors,
  quantizations,
  type PublishedModel,
  type Quantization,
} from '../gguf/published-architecture.ts';
import { createVocabulary, type Vocabulary } from '../gguf/vocabulary.ts';
import { startTestModelHub, type HubModelFixture, type TestModelHub } from './hub-api.ts';
import type { HubContent } from './hub-files.ts';
import { showcaseModels, type ShowcaseModel } from './showcase-models.ts';

const usualQuantizations: readonly Quantization[] = ['Q4_K_M', 'Q8_0'];

const template =
  "{% if tools %}<tools>{{ tools | tojson }}</tools>{% endif %}{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% if enable_thinking is defined and enable_thinking is false %}{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}{% endif %}";

const vocabularies = new Map<number, Vocabulary>();

/**
 * A hub with well-known open models: their headers have the true dimensions and quantizations, so
 * that sizes and predictions are those of the real files. Behind the headers lie zeros, which take no
 * room on the disk below `folder`.
 */
export async function startShowcaseHub(folder: string): Promise<TestModelHub> {
  return startTestModelHub({ models: showcaseModels.map((model) => publish(folder, model)) });
}

function publish(folder: string, model: ShowcaseModel): HubModelFixture {
  const { repo, shape, parameters, licence } = model;
  const name = (repo.split('/')[1] ?? repo).replace(/-gguf$/i, '');
  const files = (model.hasAll === true ? quantizations : usualQuantizations).map(
    (quantization): readonly [string, HubContent] => {
      const file = `${name}-${quantization}.gguf`;
      const path = join(folder, repo, file);
      const vocabulary = vocabularyOf(shape.vocabulary);
      write(path, { name, shape, vocabulary, template }, quantization);
      return [file, { path, sha256: createHash('sha256').update(file).digest('hex') }];
    },
  );
  const card = new TextEncoder().encode(cardOf(name, model));
  return {
    repo,
    commit: createHash('sha1').update(repo).digest('hex'),
    ...{ downloads: model.downloads, lastModified: model.updated },
    ...(model.isGated === true && { isGated: true }),
    task: model.task ?? 'text-generation',
    tags: ['gguf', `license:${licence}`],
    gguf: { total: parameters, context_length: shape.contextLength, chat_template: template },
    cardData: { license: licence },
    files: new Map<string, HubContent>([['README.md', card], ...files]),
  };
}

function write(path: string, model: PublishedModel, quantization: Quantization): void {
  mkdirSync(dirname(path), { recursive: true });
  const tensors = publishedTensors(model.shape, quantization);
  writeGguf(path, publishedMetadata(model, quantization), tensors);
}

function vocabularyOf(size: number): Vocabulary {
  const known = vocabularies.get(size) ?? createVocabulary({ size });
  vocabularies.set(size, known);
  return known;
}

function cardOf(name: string, { shape, parameters }: ShowcaseModel): string {
  const billions = (parameters / 1e9).toFixed(1);
  const experts =
    shape.experts === undefined
      ? ''
      : `- Experts: ${String(shape.experts.count)}, of which ${String(shape.experts.used)} answer each token\n`;
  return `# ${name}

A causal language model in several quantizations, for llama.cpp and everything that builds on it.

## At a glance

- Parameters: ${billions} billion
- Layers: ${String(shape.layers)}
- Attention heads: ${String(shape.heads)} for queries, ${String(shape.keyValueHeads)} for keys and values
- Context: ${shape.contextLength.toLocaleString('en')} tokens
${experts}
## Which one to take

Q4_K_M is what most people use. Q8_0 is nearly the original at twice the size.
`;
}
