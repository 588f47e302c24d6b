import { z } from 'zod';
import type { StoreKind } from '../core/model.ts';
import { JsonFile } from './json-file.ts';
import type { LibraryLog } from './ports.ts';

const listsSchema = z.object({
  version: z.literal(1),
  links: z.array(z.string()),
  unlisted: z.array(
    z.object({
      path: z.string(),
      store: z.enum(['lm-studio', 'ollama', 'hugging-face', 'llama-cpp', 'jan']),
    }),
  ),
});

/**
 * What a person put on or took off the list without moving a file: models linked from elsewhere, and
 * models of other programs that they do not want to see. One way for all systems: Windows makes
 * symbolic links only for administrators, and hard links end at the disk.
 */
export class OwnLists {
  private readonly file: JsonFile<z.infer<typeof listsSchema>>;
  private lists: z.infer<typeof listsSchema> = { version: 1, links: [], unlisted: [] };

  constructor(path: string, logger: LibraryLog) {
    this.file = new JsonFile(path, listsSchema, logger);
  }

  async open(): Promise<void> {
    this.lists = (await this.file.read()) ?? this.lists;
  }

  get links(): readonly string[] {
    return this.lists.links;
  }

  isUnlisted(path: string): boolean {
    return this.lists.unlisted.some((one) => one.path === path);
  }

  async link(path: string): Promise<void> {
    if (this.lists.links.includes(path)) return;
    await this.save({ ...this.lists, links: [...this.lists.links, path] });
  }

  async unlink(path: string): Promise<void> {
    await this.save({ ...this.lists, links: this.lists.links.filter((one) => one !== path) });
  }

  async unlist(path: string, store: StoreKind): Promise<void> {
    await this.save({ ...this.lists, unlisted: [...this.lists.unlisted, { path, store }] });
  }

  /** Lists a model again. */
  async relist(path: string): Promise<void> {
    if (!this.isUnlisted(path)) return;
    const unlisted = this.lists.unlisted.filter((one) => one.path !== path);
    await this.save({ ...this.lists, unlisted });
  }

  /** A store that is no longer used begins anew when it is used again. */
  async keepStores(used: readonly StoreKind[]): Promise<void> {
    const unlisted = this.lists.unlisted.filter(({ store }) => used.includes(store));
    if (unlisted.length === this.lists.unlisted.length) return;
    await this.save({ ...this.lists, unlisted });
  }

  private async save(lists: z.infer<typeof listsSchema>): Promise<void> {
    await this.file.write(lists);
    this.lists = lists;
  }
}
