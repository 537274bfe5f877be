import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icons.js';

interface Props {
  readonly label: string;
  readonly children: ComponentChildren;
}

/** A small panel below a button; Escape and a click elsewhere close it. */
export function Menu({ label, children }: Props) {
  const element = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event): void => {
      const menu = element.current;
      if (menu === null || !menu.open) return;
      const isEscape = event instanceof KeyboardEvent && event.key === 'Escape';
      const isElsewhere = event.type === 'pointerdown' && !menu.contains(event.target as Node);
      if (!isEscape && !isElsewhere) return;
      menu.open = false;
      if (isEscape) menu.querySelector('summary')?.focus();
    };
    document.addEventListener('keydown', close);
    document.addEventListener('pointerdown', close);
    return () => {
      document.removeEventListener('keydown', close);
      document.removeEventListener('pointerdown', close);
    };
  }, []);
  return (
    <details class="menu" ref={element}>
      <summary class="button">
        {label}
        <Icon name="down" />
      </summary>
      <div class="menu-panel">{children}</div>
    </details>
  );
}
