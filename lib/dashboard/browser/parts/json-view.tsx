import { indentedJson, jsonLines, spaced } from '../json/lines.js';
import { CopyButton } from './copy-button.js';

const MOST_LINES = 2_000;

/** JSON as it was stored, number by number; nothing of it becomes markup. */
export function JsonView({ text, what }: { readonly text: string; readonly what: string }) {
  const lines = jsonLines(text);
  return (
    <div class="json">
      <CopyButton text={indentedJson(text)} what={what} />
      <pre>
        <code>
          {lines.slice(0, MOST_LINES).map(({ depth, tokens }, index) => (
            <span key={index} class={`json-line depth-${Math.min(depth, 12)}`}>
              {tokens.map((token, place) => (
                <span key={place} class={`json-${token.kind}`}>
                  {spaced(token)}
                </span>
              ))}
              {'\n'}
            </span>
          ))}
        </code>
      </pre>
      {lines.length > MOST_LINES && (
        <p class="quiet">{lines.length - MOST_LINES} more lines; copy it to read them.</p>
      )}
    </div>
  );
}
