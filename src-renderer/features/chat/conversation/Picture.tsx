import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Icon } from '../../../ui/Icon.tsx';
import { Tooltip } from '../../../ui/Tooltip.tsx';
import { usePicture } from '../state/pictures.ts';
import type { ShownPicture } from '../state/pictures.ts';
import type { Attachment } from '../types.ts';
import styles from './Picture.module.css';

export interface PictureProps {
  readonly attachment: Attachment;
  /** `chip` beside its name, `message` to be looked at. */
  readonly size: 'chip' | 'message';
}

/** An attached picture in a frame whose size never changes; pressed, it opens at its full size. */
export function Picture({ attachment, size }: PictureProps) {
  const { t } = useTranslation();
  const picture = usePicture(attachment.id);
  const [isOpen, setOpen] = useState(false);
  if (picture.error !== undefined) return <Missing picture={picture} size={size} />;
  const { name } = attachment;
  return (
    <>
      <Tooltip text={t('chat.picture.larger')}>
        <button
          type="button"
          className={styles['frame']}
          data-size={size}
          aria-haspopup="dialog"
          aria-busy={picture.url === undefined}
          aria-label={picture.url === undefined ? name : undefined}
          onClick={() => {
            setOpen(picture.url !== undefined);
          }}
        >
          {picture.url !== undefined && <img src={picture.url} alt={name} decoding="async" />}
        </button>
      </Tooltip>
      {isOpen && (
        <Dialog
          title={name}
          size="large"
          onClose={() => {
            setOpen(false);
          }}
        >
          <img
            className={styles['large']}
            src={picture.url}
            alt={t('chat.picture.alt', { name })}
          />
        </Dialog>
      )}
    </>
  );
}

interface MissingProps extends Pick<PictureProps, 'size'> {
  readonly picture: ShownPicture;
}

function Missing({ picture, size }: MissingProps) {
  const { t } = useTranslation();
  return (
    <div className={styles['frame']} data-size={size} role="alert">
      <Icon of={ImageOff} />
      <span className={size === 'chip' ? 'visually-hidden' : undefined}>
        {t('chat.picture.failed')}
      </span>
      {size === 'message' && (
        <Button size="row" onClick={picture.retry}>
          {t('chat.action.tryAgain')}
        </Button>
      )}
    </div>
  );
}
