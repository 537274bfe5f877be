/** An id: enough of it to tell rows apart (the end is what differs), the whole of it on hover. */
export function ShortId({ id }: { readonly id: string }) {
  return (
    <code class="ident" title={id}>
      …{id.slice(-8)}
    </code>
  );
}
