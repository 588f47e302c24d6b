import { aidInShell } from './app/first-aid/aid-in-shell.ts';
import { runInShell } from './app/run-in-shell.ts';
import { programFilesAt } from './platform/program-files.ts';
import { shellParentPort } from './platform/shell-protocol.ts';

const port = shellParentPort();
if (!port) throw new Error('The runtime host is started by the desktop shell only');
const files = programFilesAt(import.meta.dirname);
if (process.argv.includes('--first-aid')) await aidInShell(port, files);
else {
  runInShell(port, files, {
    mode: process.argv.includes('--safe') ? 'safe' : 'normal',
    isWarned: process.argv.includes('--anyway'),
  });
}
