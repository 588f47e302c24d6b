import { expect, test } from 'vitest';
import { formatOf, parseModelInfo, parseTree, toSummary } from './hub-answers.ts';
import { groupVariants } from './variants.ts';

const endpoint = 'https://huggingface.co';

// What the official hub really said in 2025, without its longest texts.
const gemma = `{"_id":"67d1299231223d4ddaabaf9e","id":"ggml-org/gemma-3-12b-it-GGUF","private":false,
"pipeline_tag":"image-text-to-text","tags":["gguf","image-text-to-text","arxiv:1905.07830",
"base_model:google/gemma-3-12b-it","base_model:quantized:google/gemma-3-12b-it","license:gemma",
"endpoints_compatible","region:us","conversational"],"downloads":3783,"likes":31,
"modelId":"ggml-org/gemma-3-12b-it-GGUF","author":"ggml-org",
"sha":"ec0cbabd8dbff316f659876a50202295c3c4a314","lastModified":"2025-05-21T15:38:00.000Z",
"gated":false,"disabled":false,"widgetData":[{"text":"Hi, what can you help me with?"}],
"model-index":null,"config":{},"cardData":{"license":"gemma","base_model":["google/gemma-3-12b-it"],
"pipeline_tag":"image-text-to-text"},"gguf":{"total":11765788416,"architecture":"gemma3",
"context_length":131072,"chat_template":"{{ bos_token }}","bos_token":"<bos>","eos_token":"<eos>",
"totalFileSize":23539658496},"spaces":[],"createdAt":"2025-03-12T06:28:34.000Z",
"usedStorage":44204383392}`;

const tree = `[{"type":"directory","oid":"3a1f","size":0,"path":"UD"},
{"type":"file","oid":"2d98cb0000000000000000000000000000000000","size":1519,"path":".gitattributes"},
{"type":"file","oid":"e7223117b4a22a9806853068e5bdbb24c4b4d7aa","size":7300574976,
"lfs":{"oid":"70B640F8F60B1CF0DCC72F30CAF3DA9495EB2FB6509DA48C53374AD6806E6A9C","size":7300574976,
"pointerSize":135},"xetHash":"d1126adb762a2a935e6a9780395360ba6a223144ee012777342d4258180c3e93",
"path":"gemma-3-12b-it-Q4_K_M.gguf"},
{"type":"file","oid":"0c8bc708a8a7f80135388dbaa55cf279b51fdbfa","size":854200224,
"lfs":{"oid":"4c1a2103a97964bcdac50d07bee45c10c870bee08ef59f644048b9b7a551f889","size":854200224,
"pointerSize":134},"path":"mmproj-model-f16.gguf"},
{"type":"file","oid":"1","size":5,"path":"../../.bashrc"}]`;

test('reads what the official hub says about a model', () => {
  const info = parseModelInfo(gemma, endpoint);
  expect(info.sha).toBe('ec0cbabd8dbff316f659876a50202295c3c4a314');
  expect(formatOf(info)).toBe('gguf');
  expect(toSummary(info, 'gguf')).toEqual({
    repo: 'ggml-org/gemma-3-12b-it-GGUF',
    author: 'ggml-org',
    name: 'gemma-3-12b-it',
    format: 'gguf',
    task: 'image-text-to-text',
    parameterCount: 11_765_788_416,
    downloads: 3783,
    updatedAt: Date.parse('2025-05-21T15:38:00.000Z'),
    licence: 'gemma',
    isGated: false,
  });
});

test('reads what the official hub says about files, and leaves out what no disk should see', () => {
  const files = parseTree(tree, endpoint);
  expect(files).toEqual([
    {
      path: '.gitattributes',
      sizeBytes: 1519,
      gitSha1: '2d98cb0000000000000000000000000000000000',
    },
    {
      path: 'gemma-3-12b-it-Q4_K_M.gguf',
      sizeBytes: 7_300_574_976,
      sha256: '70b640f8f60b1cf0dcc72f30caf3da9495eb2fb6509da48c53374ad6806e6a9c',
    },
    {
      path: 'mmproj-model-f16.gguf',
      sizeBytes: 854_200_224,
      sha256: '4c1a2103a97964bcdac50d07bee45c10c870bee08ef59f644048b9b7a551f889',
    },
  ]);
  expect(groupVariants({ repo: 'ggml-org/gemma-3-12b-it-GGUF', files })).toMatchObject([
    {
      id: 'Q4_K_M',
      sizeBytes: 7_300_574_976 + 854_200_224,
      projector: { path: 'mmproj-model-f16.gguf' },
    },
  ]);
});

test.each(['', '[]', '{}', '{"id":"no-owner"}', '{"id":"a/../b"}', 'Not found', '{"id":7}'])(
  'takes %j for no model of a hub',
  (text) => {
    expect(() => parseModelInfo(text, endpoint)).toThrow(/did not answer like a model hub/);
  },
);

test.each([1.5, -1, 1e300])('a file of %d bytes is no file', (size) => {
  const entry = { type: 'file', path: 'a.gguf', size };
  expect(parseTree(JSON.stringify([entry]), endpoint)).toEqual([]);
});
