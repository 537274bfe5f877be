const ADDRESS = /([^\s<>"'(),:;@])([^\s<>"'(),:;@]*)@([^\s<>"'(),:;@]+)/g;

/** `no mailbox for ada@shop.example` reads `no mailbox for a***@shop.example`. */
export function maskEmails(text: string): string {
  return text.replace(ADDRESS, '$1***@$3');
}
