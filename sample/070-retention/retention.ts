import type { RetentionOptions } from 'nestjs-kyu';

/** For `KyuModule.forRoot({ retention })`, and for the tests. */
export const retention: RetentionOptions = {
  completed: '7d',
  dead: { keepFor: '30d', then: 'archive' },
  types: {
    send_letter: { completed: '1d' }, // it holds an address
    book_invoice: { completed: 'keep', dead: 'keep' }, // the law wants to see it
  },
};
