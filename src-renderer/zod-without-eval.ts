import { config } from 'zod';

// Must run before the contract builds its schemas: zod would otherwise probe `new Function`, which
// the page's Content Security Policy refuses and reports.
config({ jitless: true });
