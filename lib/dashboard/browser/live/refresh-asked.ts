/** The viewer pressed `r`, or changed something: whatever is in sight is read again. */
export const REFRESH_ASKED = 'kyu:refresh';

export function askForRefresh(): void {
  dispatchEvent(new Event(REFRESH_ASKED));
}
