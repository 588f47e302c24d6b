import { describe, expect, test } from 'vitest';
import { markChars, maxPromptMarks, promptMarks } from './fingerprint.ts';
import type { MarkSeed } from './fingerprint.ts';
import type { ChatInput, ChatMessage, CompletionInput } from './inference.ts';

const seed: MarkSeed = { digest: 'a'.repeat(64), tenant: 'pool-1' };

function chat(messages: readonly ChatMessage[], more: Partial<ChatInput> = {}): ChatInput {
  return {
    ...{ task: 'chat', messages, tools: [], toolChoice: 'auto', parallelToolCalls: true },
    ...{ format: { type: 'text' }, reasoning: 'auto', sampling: {}, stop: [], choices: 1 },
    ...more,
  };
}

function completion(prompt: CompletionInput['prompt'], suffix?: string): CompletionInput {
  return {
    ...{ task: 'completion', prompt, echo: false, format: { type: 'text' } },
    ...{ sampling: {}, stop: [], choices: 1 },
    ...(suffix !== undefined && { suffix }),
  };
}

const user = (text: string): ChatMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const system = (text: string): ChatMessage => ({ role: 'system', text });
const assistant = (text: string): ChatMessage => ({ role: 'assistant', text });

/** Text without a pattern that a hash could profit from; the same for the same start. */
function words(count: number, start = 1): string {
  let state = start;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8).toString(36);
  }).join(' ');
}

const hashOf = (mark: string) => mark.slice(0, mark.indexOf('.'));

describe('a conversation that goes on', () => {
  const turns = [system(words(400)), user('one'), assistant(words(700, 5)), user('two'), user('')];

  test('keeps every mark it had', () => {
    const whole = promptMarks(chat(turns), seed);
    for (let length = 1; length <= turns.length; length += 1) {
      const marks = promptMarks(chat(turns.slice(0, length)), seed);
      expect(whole.slice(0, marks.length)).toEqual(marks);
    }
  });

  test('has a mark after each message and every 1,024 characters inside a long one', () => {
    const marks = promptMarks(chat([system('s'.repeat(2500)), user('hello')]), seed);
    expect(marks.map(markChars)).toEqual([1040, 2064, 2516, 2537]);
  });

  test('a message of exactly 1,024 characters has one mark', () => {
    expect(promptMarks(chat([system('s'.repeat(1024))]), seed).map(markChars)).toEqual([1040]);
  });
});

describe('prompts that differ', () => {
  const base = chat([system('You help.'), user(words(500))]);

  test.each([
    ['the tenant', base, { ...seed, tenant: 'pool-2' }],
    ['the model', base, { ...seed, digest: 'b'.repeat(64) }],
    ['a tool', chat(base.messages, { tools: [{ name: 'clock' }] }), seed],
    ['a first word', chat([system('They help.'), ...base.messages.slice(1)]), seed],
  ])('share no mark when %s is another', (_, input, otherSeed) => {
    const marks = promptMarks(base, seed);
    const others = promptMarks(input, otherSeed);
    expect(others).toHaveLength(marks.length);
    expect(others.filter((mark) => marks.includes(mark))).toEqual([]);
  });

  test('share what lies before the difference, and nothing behind it', () => {
    const text = words(2000);
    const other = `${text.slice(0, 5000)}#${text.slice(5001)}`;
    const marks = promptMarks(chat([user(text), user('and now?')]), seed);
    const otherMarks = promptMarks(chat([user(other), user('and now?')]), seed);
    const shared = marks.filter((mark, index) => mark === otherMarks[index]);
    expect(shared.map(markChars)).toEqual([1040, 2064, 3088, 4112]);
    expect(otherMarks).toHaveLength(marks.length);
  });

  test('the same text cut into other messages shares no mark', () => {
    const marks = promptMarks(chat([user('ab'), user('cd')]), seed);
    const others = [
      chat([user('a'), user('bcd')]),
      chat([user('abcd')]),
      chat([user('abc'), user('d')]),
      chat([assistant('ab'), user('cd')]),
      chat([system('ab'), user('cd')]),
    ].flatMap((input) => promptMarks(input, seed));
    expect(others.filter((mark) => marks.includes(mark))).toEqual([]);
  });

  test('pictures of a tool count as those of a person do', () => {
    const result = (url: string): ChatMessage => ({
      ...{ role: 'tool', toolCallId: 'a', text: 'done', images: [{ url }] },
    });
    const [first, second] = ['data:a', 'data:b'].map((url) =>
      promptMarks(chat([result(url)]), seed),
    );
    expect(first).toHaveLength(1);
    expect(first).not.toEqual(second);
    expect(markChars(first?.[0] ?? '')).toBeGreaterThan(4096);
  });

  test('the same words in thought, text and calls of an answer are three things', () => {
    const messages: ChatMessage[] = [
      { role: 'assistant', text: 'x' },
      { role: 'assistant', text: '', reasoning: 'x' },
      { role: 'assistant', text: '', toolCalls: [{ id: '', name: '', arguments: 'x' }] },
      { role: 'tool', toolCallId: '', text: 'x' },
    ];
    const marks = messages.flatMap((message) => promptMarks(chat([message]), seed).map(hashOf));
    expect(new Set(marks).size).toBe(messages.length);
  });

  test('pictures are told apart without reading all of them', () => {
    const picture = (data: string) =>
      promptMarks(
        chat([
          { role: 'user', content: [{ type: 'image', url: `data:image/png;base64,${data}` }] },
        ]),
        seed,
      );
    expect(picture(words(9000, 1))).not.toEqual(picture(words(9000, 2)));
    expect(picture(words(9000, 1))).toEqual(picture(words(9000, 1)));
    expect(picture(words(900_000)).map(markChars)).toEqual([4112]);
  });
});

describe('completions', () => {
  test('a prompt that was lengthened shares the marks inside what it was', () => {
    const text = words(1500);
    const before = promptMarks(completion(text), seed);
    const after = promptMarks(completion(text + words(900, 3)), seed);
    expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    expect(before.length).toBeGreaterThan(5);
  });

  test('tokens have marks too, and a suffix comes behind the prompt', () => {
    const tokens = Array.from({ length: 600 }, (_, index) => index);
    const marks = promptMarks(completion(tokens), seed);
    expect(marks.map(markChars)).toEqual([1024, 2048, 2400]);
    expect(promptMarks(completion([...tokens, 7]), seed).slice(0, 2)).toEqual(marks.slice(0, 2));
    const [first, second] = promptMarks(completion('const a = ', ';'), seed);
    expect([first]).toEqual(promptMarks(completion('const a = '), seed));
    expect(second).toBeDefined();
  });

  test('a chat and a completion of the same words share nothing', () => {
    const [mark] = promptMarks(completion('hello'), seed);
    expect(promptMarks(chat([user('hello')]), seed)).not.toContain(mark);
  });
});

describe('long prompts', () => {
  const long = completion(words(200_000));

  test('keep a bounded number of marks, the last of which covers everything', () => {
    const marks = promptMarks(long, seed);
    expect(marks.length).toBeLessThanOrEqual(maxPromptMarks);
    expect(markChars(marks.at(-1) ?? '')).toBe(long.prompt.length);
  });

  test('still share marks all along with a prompt that stops or parts half way', () => {
    const text = String(long.prompt);
    const marks = new Set(promptMarks(long, seed));
    for (const share of [0.2, 0.5, 0.9]) {
      const cut = Math.floor(text.length * share);
      const deepest = promptMarks(completion(`${text.slice(0, cut)}${words(90, 7)}`), seed)
        .filter((mark) => marks.has(mark))
        .map(markChars)
        .at(-1);
      expect(deepest ?? 0).toBeGreaterThan(cut * 0.9);
    }
  });
});

test('what leaves nothing in a slot has no marks', () => {
  expect(promptMarks({ task: 'embedding', inputs: ['a'] }, seed)).toEqual([]);
  expect(promptMarks({ task: 'rerank', query: 'a', documents: ['b'] }, seed)).toEqual([]);
  expect(promptMarks({ task: 'count', messages: [user('a')], tools: [] }, seed)).toEqual([]);
});

test('is the same on every machine: these marks may change only together with the version', () => {
  const input = chat([system('You help.'), user('Wie spät ist es? 🕐')]);
  expect(promptMarks(input, { digest: 'd', tenant: 't' })).toEqual([
    '5ccbad48bf02bf81.p',
    'd000594abca3ec9e.1o',
  ]);
});

test('a hundred thousand prompts have a hundred thousand marks', () => {
  const hashes = new Set<string>();
  for (let index = 0; index < 100_000; index += 1) {
    for (const mark of promptMarks(completion(`${String(index)} `), seed)) hashes.add(hashOf(mark));
  }
  expect(hashes.size).toBe(100_000);
});

test('characters of what is no mark are none', () => {
  expect(markChars('')).toBe(0);
  expect(markChars('no mark')).toBe(0);
});
