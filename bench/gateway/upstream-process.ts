import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { tokensPerSecond } from '../runtime/fake-models.ts';
import { Cohorts } from '../support/cohorts.ts';
import { sharedMs } from '../tunnel/shared-clock.ts';
import { answerBenchmark, tell } from './measured-child.ts';

/**
 * A provider of the OpenAI API whose answers cost nothing: `instant` says one word at once, `paced`
 * counts at 50 tokens a second. It says when a caller leaves early.
 */

interface Asked {
  readonly model: string;
  readonly stream?: boolean;
  readonly max_tokens?: number;
}

const usage = (tokens: number) => ({
  prompt_tokens: 20,
  completion_tokens: tokens,
  total_tokens: 20 + tokens,
});
const identity = { id: 'chatcmpl-1', created: 1_750_000_000 };
const whole = JSON.stringify({
  ...identity,
  ...{ object: 'chat.completion', model: 'instant' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'pond' }, finish_reason: 'stop' }],
  usage: usage(1),
});

function event(delta: object, finish: string | null = null): string {
  const chunk = {
    ...identity,
    ...{ object: 'chat.completion.chunk', model: 'paced' },
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

const cohorts = new Cohorts(tokensPerSecond);
const end = `${event({}, 'stop')}data: [DONE]\n\n`;

async function stream({ model, max_tokens: tokens = 1 }: Asked, response: ServerResponse) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.once('close', () => {
    if (!response.writableFinished) tell({ type: 'left', at: sharedMs() });
  });
  const role = event({ role: 'assistant', content: '' });
  if (model !== 'paced') {
    response.end(role + event({ content: 'pond' }) + end);
    return;
  }
  response.write(role);
  const cohort = cohorts.join();
  for (let index = 1; index <= tokens && !response.destroyed; index += 1) {
    await cohorts.tick(cohort);
    response.write(event({ content: `${index} ` }));
  }
  response.end(end);
}

const server = createServer({ noDelay: true }, (request, response) => {
  if (request.method === 'GET') {
    const data = ['instant', 'paced'].map((id) => ({ id, object: 'model' }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ object: 'list', data }));
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    const asked = JSON.parse(body) as Asked;
    if (asked.stream === true) {
      void stream(asked, response);
      return;
    }
    response.setHeader('content-type', 'application/json');
    response.end(whole);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  answerBenchmark({ type: 'ready', port }, () => {
    server.closeAllConnections();
    server.close();
  });
});
