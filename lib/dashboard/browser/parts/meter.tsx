/** How much of something is taken, drawn; the number stands beside it in words. */
export function Meter({ value, most }: { readonly value: number; readonly most: number }) {
  const share = most <= 0 ? 0 : Math.max(0, Math.min(1, value / most));
  return (
    <svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="meter-track" width="100" height="6" rx="2" />
      <rect class="meter-fill" width={share * 100} height="6" rx="2" />
    </svg>
  );
}
