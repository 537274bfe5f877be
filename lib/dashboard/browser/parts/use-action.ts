import { useCallback, useState } from 'preact/hooks';
import { askForRefresh } from '../live/refresh-asked.js';
import { ApiError } from '../api/api-error.js';
import { tell } from './notices.js';

export interface Action {
  readonly isBusy: boolean;
  readonly error: ApiError | undefined;
  /** Does it, says so, and has the page read again; resolves with whether it was done. */
  readonly run: (work: () => Promise<unknown>, done: string) => Promise<boolean>;
}

/** One change at a time, with its ending said in words. */
export function useAction(): Action {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const run = useCallback(async (work: () => Promise<unknown>, done: string) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
      tell(done);
      askForRefresh();
      return true;
    } catch (reason) {
      const problem = reason instanceof ApiError ? reason : new ApiError(0, 'PAGE_ERROR', String(reason));
      setError(problem);
      tell(`${problem.code}: ${problem.message}`, 'problem');
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { isBusy, error, run };
}
