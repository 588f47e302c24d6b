import { expect, test } from 'vitest';
import type { AttachedServer } from '../api.ts';
import { withServer } from './servers.ts';

function server(name: string, change: Partial<AttachedServer> = {}): AttachedServer {
  return {
    ...{ id: name, name, url: `http://${name}:11434`, kind: 'ollama' },
    ...{ state: { phase: 'connected', since: 0 }, keys: [], models: [] },
    ...change,
  };
}

test('a server that changed replaces its older self, in the order of the names', () => {
  const list = [server('attic'), server('nas')];
  const renamed = withServer(list, server('attic', { name: 'zoo' }));
  expect(renamed.map(({ name }) => name)).toEqual(['nas', 'zoo']);
  expect(withServer(list, server('den')).map(({ name }) => name)).toEqual(['attic', 'den', 'nas']);
});
