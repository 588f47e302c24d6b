import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { Tabs as Headless } from 'radix-ui';
import styles from './Tabs.module.css';

export interface TabsProps<Value extends string> {
  /** Spoken name of the row of tabs. */
  readonly label: string;
  readonly tabs: readonly {
    readonly value: Value;
    readonly label: string;
    readonly content: ReactNode;
  }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** Several views of one thing. Left and right arrows move. */
export function Tabs<Value extends string>({ label, tabs, value, onChange }: TabsProps<Value>) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // In a narrow window the row scrolls: the chosen tab is seen.
    const chosen = list.current?.querySelector('[data-state="active"]');
    chosen?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [value]);
  return (
    <Headless.Root
      value={value}
      onValueChange={(next) => {
        const chosen = tabs.find((tab) => tab.value === next);
        if (chosen !== undefined) onChange(chosen.value);
      }}
    >
      <Headless.List ref={list} aria-label={label} className={styles['list']}>
        {tabs.map((tab) => (
          <Headless.Trigger key={tab.value} value={tab.value} className={styles['tab']}>
            {tab.label}
          </Headless.Trigger>
        ))}
      </Headless.List>
      {tabs.map((tab) => (
        <Headless.Content key={tab.value} value={tab.value} className={styles['content']}>
          {tab.content}
        </Headless.Content>
      ))}
    </Headless.Root>
  );
}
