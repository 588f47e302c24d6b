import { join } from 'node:path';

/** The folder that holds package.json. */
export const projectFolder = join(import.meta.dirname, '..', '..');
