import { copyText } from '../effects/copy-text.js';
import { Icon } from './icons.js';
import { tell } from './notices.js';

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const copy = async (): Promise<void> => {
    const isCopied = await copyText(text);
    if (isCopied) tell(`Copied: ${what}.`);
    else tell('This browser does not let the page copy. Select the text and copy it by hand.', 'problem');
  };
  return (
    <button
      type="button"
      class="button icon-only"
      onClick={copy}
      aria-label={`Copy ${what}`}
      title={`Copy ${what}`}
    >
      <Icon name="copy" />
    </button>
  );
}
