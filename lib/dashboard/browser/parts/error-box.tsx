import type { ApiError } from '../api/api-error.js';

/** What went wrong, with the stable code that the documentation explains. */
export function ErrorBox({ error, again }: { readonly error: ApiError; readonly again?: () => void }) {
  return (
    <div class="error-box" role="alert">
      <p>
        <code>{error.code}</code> {error.message}
      </p>
      {again !== undefined && (
        <button type="button" class="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}
