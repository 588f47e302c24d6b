import { runInShell } from './app/run-in-shell.ts';
import { programFilesAt } from './platform/program-files.ts';
import { shellParentPort } from './platform/shell-protocol.ts';

const port = shellParentPort();
if (!port) throw new Error('The runtime host is started by the desktop shell only');
runInShell(port, programFilesAt(import.meta.dirname));
