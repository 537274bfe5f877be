/** Payload of `process_payment`: only the id, the order itself is read when the job runs. */
export interface ProcessPayment {
  orderId: string;
}

/** Payload of `send_email`: the confirmation as it was true when the order was placed. */
export interface SendEmail {
  to: string;
  customer: string;
  orderNo: string;
  amountCents: number;
  currency: string;
}

/** Payload of `generate_report`: covers the jobs that were made in the last so many minutes. */
export interface GenerateReport {
  title: string;
  lastMinutes: number;
}
