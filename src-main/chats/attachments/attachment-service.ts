import { basename } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
import type { Attachment } from '../conversation.ts';
import type { AttachmentStore, StoredAttachment, TextExtractor } from '../ports.ts';
import { chosenText } from './chosen-text.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { pictureUrl, recognisePicture } from './picture.ts';
import type { Picture } from './picture.ts';
import { formatPageRange, parsePageRange } from './page-range.ts';

interface AttachmentServiceDeps {
  readonly attachments: AttachmentStore;
  readonly extractor: TextExtractor;
  readonly clock: Clock;
}

/** Files to be sent along with messages: kept as text, page by page, or as a picture. */
export class AttachmentService {
  private readonly deps: AttachmentServiceDeps;

  constructor(deps: AttachmentServiceDeps) {
    this.deps = deps;
  }

  /** Reads a file. Rejects with one sentence when it is neither a picture nor text that can be read. */
  async attach(personId: string, name: string, body: Uint8Array): Promise<Attachment> {
    const shownName = basename(name.replaceAll('\\', '/'));
    const picture = recognisePicture(shownName, body);
    if (picture !== undefined) return await this.attachPicture(personId, shownName, body, picture);
    const { mediaType, pageTexts, hasPages } = await this.deps.extractor.extract(shownName, body);
    const stored = measured({
      attachment: {
        id: newId(),
        name: shownName,
        mediaType,
        sizeBytes: body.byteLength,
        characters: 0,
        tokens: 0,
        isImage: false,
        ...(hasPages && { pages: pageTexts.length }),
      },
      pageTexts,
    });
    await this.deps.attachments.insert(personId, stored, this.deps.clock.now());
    return stored.attachment;
  }

  /** A picture as a data address, to be shown. */
  async picture(personId: string, attachmentId: string): Promise<string> {
    const { attachment, picture } = await this.require(personId, attachmentId);
    if (picture !== undefined) return pictureUrl(attachment.mediaType, picture);
    throw new MillpondError('invalid-request', `“${attachment.name}” is not a picture`);
  }

  /** Sends only these pages, `1-3, 7`; empty: all. Rejects once a message holds the file. */
  async choosePages(personId: string, attachmentId: string, range: string): Promise<Attachment> {
    const stored = await this.require(personId, attachmentId);
    const { pageRange: _former, ...facts } = stored.attachment;
    if (facts.pages === undefined) {
      throw new MillpondError('invalid-request', `“${facts.name}” has no pages to choose from`);
    }
    const pages = parsePageRange(range, facts.pages);
    const isAll = pages.length === facts.pages;
    const { attachment } = measured({
      ...stored,
      attachment: { ...facts, ...(!isAll && { pageRange: formatPageRange(pages) }) },
    });
    if (!(await this.deps.attachments.updateUnsent(attachment))) {
      throw new MillpondError(
        'conflict',
        `“${attachment.name}” was sent already; attach it again to send other pages`,
      );
    }
    return attachment;
  }

  /** What the model reads. */
  async text(personId: string, attachmentId: string): Promise<string> {
    return chosenText(await this.require(personId, attachmentId));
  }

  private async attachPicture(
    personId: string,
    name: string,
    body: Uint8Array,
    { mediaType, tokens }: Picture,
  ): Promise<Attachment> {
    const size = { sizeBytes: body.byteLength, characters: 0, tokens };
    const attachment = { id: newId(), name, mediaType, ...size, isImage: true };
    const stored = { attachment, pageTexts: [], picture: body };
    await this.deps.attachments.insert(personId, stored, this.deps.clock.now());
    return attachment;
  }

  private async require(personId: string, attachmentId: string): Promise<StoredAttachment> {
    const [stored] = await this.deps.attachments.find(personId, [attachmentId]);
    if (stored === undefined) throw new MillpondError('not-found', 'There is no such file');
    return stored;
  }
}

function measured(stored: StoredAttachment): StoredAttachment {
  const text = chosenText(stored);
  const size = { characters: text.length, tokens: estimateTokens(text) };
  return { ...stored, attachment: { ...stored.attachment, ...size } };
}
