import type { AnchorHTMLAttributes, Ref } from 'react';
import { navigate, routeAddress } from '../router.ts';
import type { Route } from '../router.ts';

export interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  readonly to: Route;
  readonly ref?: Ref<HTMLAnchorElement>;
}

/** A real link to a place in the window: it can be opened in a new tab like any other. */
export function Link({ to, onClick, children, ...rest }: LinkProps) {
  return (
    <a
      {...rest}
      href={routeAddress(to)}
      onClick={(event) => {
        onClick?.(event);
        const isPlain = !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
        if (event.defaultPrevented || !isPlain || event.button !== 0) return;
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}
