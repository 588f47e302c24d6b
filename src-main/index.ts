import { startDesktop } from './electron/desktop.ts';
import { programFilesAt } from './platform/program-files.ts';

startDesktop(programFilesAt(import.meta.dirname));
