declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  export = classes;
}
declare module '*.css';

interface ImportMeta {
  /** Vite's build-time import of every file that matches. */
  glob<Module>(
    pattern: string,
    options: { eager: true; query?: '?raw'; import?: 'default' },
  ): Record<string, Module>;
}
