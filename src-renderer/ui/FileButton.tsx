import { FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from './Button.tsx';
import styles from './FileButton.module.css';

export interface FileButtonProps {
  /** What may be chosen, as an input says it: `.csv,text/csv`. */
  readonly accept: string;
  readonly label: string;
  readonly onText: (text: string) => void;
}

/** Takes the text of a file. Browsers name their own button in their own language, so it has ours. */
export function FileButton({ accept, label, onText }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState('');
  return (
    <span className={styles['chooser']}>
      <input
        ref={input}
        type="file"
        hidden
        tabIndex={-1}
        aria-label={label}
        accept={accept}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file === undefined) return;
          setName(file.name);
          // A file that cannot be read leaves the text as it is.
          void file.text().then(onText, () => undefined);
          // The same file may have been changed, and is to be taken once more.
          event.target.value = '';
        }}
      />
      <Button
        icon={FileUp}
        onClick={() => {
          input.current?.click();
        }}
      >
        {label}
      </Button>
      <span role="status" className={styles['name']}>
        {name}
      </span>
    </span>
  );
}
