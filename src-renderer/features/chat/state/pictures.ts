import { useCallback, useEffect, useState } from 'react';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api } from '../../../api.ts';

/** Pictures that were shown lately. Each is asked for once while it is kept. */
export interface PictureShelf {
  /** The data address of a picture, asked for now or before. A failure is forgotten, to be tried again. */
  readonly fetch: (id: string) => Promise<string>;
  /** The same without waiting, when it is here. */
  readonly peek: (id: string) => string | undefined;
}

/** About 20 MB of the usual size. */
const mostKept = 40;

export function createPictureShelf(
  load: (id: string) => Promise<string>,
  limit = mostKept,
): PictureShelf {
  /** In the order in which they were last wanted. */
  const kept = new Map<string, { readonly work: Promise<string>; url?: string }>();
  return {
    fetch: (id) => {
      const known = kept.get(id);
      const picture = known ?? { work: load(id) };
      kept.delete(id);
      kept.set(id, picture);
      if (known !== undefined) return known.work;
      picture.work.then(
        (url) => {
          picture.url = url;
        },
        () => kept.delete(id),
      );
      const [oldest] = kept.keys();
      if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
      return picture.work;
    },
    peek: (id) => kept.get(id)?.url,
  };
}

const shelf = createPictureShelf(async (id) => (await api.chats.picture({ id })).dataUrl);

/** A picture on its way to the screen. */
export interface ShownPicture {
  /** Undefined until it is here. */
  readonly url: string | undefined;
  readonly error: MillpondError | undefined;
  readonly retry: () => void;
}

/** The bytes of an attached picture, asked for when something that shows it appears. */
export function usePicture(id: string): ShownPicture {
  const [url, setUrl] = useState(() => shelf.peek(id));
  const [error, setError] = useState<MillpondError | undefined>(undefined);
  const ask = useCallback(() => {
    let isWanted = true;
    shelf.fetch(id).then(
      (fetched) => {
        if (isWanted) setUrl(fetched);
      },
      (thrown: unknown) => {
        if (isWanted) setError(MillpondError.from(thrown));
      },
    );
    return () => {
      isWanted = false;
    };
  }, [id]);
  useEffect(ask, [ask]);
  const retry = () => {
    setError(undefined);
    ask();
  };
  return { url, error, retry };
}
