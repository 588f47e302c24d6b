import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from '../platform/tls/authority.ts';
import { issueLeaf } from '../platform/tls/leaf.ts';

// A program: writes `site.pem` and `site.key` for `localhost` into the folder that it is given.
const [folder = '.'] = process.argv.slice(2);
const authority = await createAuthority({ now: Date.now() });
const { cert, key } = await issueLeaf(authority, ['localhost'], Date.now());
writeFileSync(join(folder, 'site.pem'), cert);
writeFileSync(join(folder, 'site.key'), key);
