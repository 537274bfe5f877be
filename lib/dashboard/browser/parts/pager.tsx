interface Props {
  readonly isFirst: boolean;
  readonly nextCursor: string | null;
  /** Where time ran out: the page behind goes on looking. */
  readonly isCut?: boolean;
  readonly onFirst: () => void;
  readonly onNext: (cursor: string) => void;
}

/** By key, not by number: the next page begins where this one ended, whatever came meanwhile. */
export function Pager({ isFirst, nextCursor, isCut = false, onFirst, onNext }: Props) {
  if (isFirst && nextCursor === null) return null;
  return (
    <nav class="pager" aria-label="Pages of the list">
      <button type="button" class="button" disabled={isFirst} onClick={onFirst}>
        First page
      </button>
      <button type="button" class="button" disabled={isFirst} onClick={() => history.back()}>
        Back
      </button>
      <button
        type="button"
        class="button"
        disabled={nextCursor === null}
        onClick={() => nextCursor !== null && onNext(nextCursor)}
      >
        {isCut ? 'Search on' : 'Next page'}
      </button>
    </nav>
  );
}
