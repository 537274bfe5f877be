import { api } from '../api/endpoints.js';
import { useReading } from '../api/use-reading.js';
import { Empty } from '../parts/empty.js';
import { PageHeader } from '../parts/page-header.js';
import { QueueCard } from '../parts/queue-card.js';
import { ReadingView } from '../parts/reading-view.js';

export function QueuesPage() {
  const reading = useReading('queues', (signal) => api.queues(signal), ['jobs', 'queues', 'workers']);
  return (
    <>
      <PageHeader title="Queues" lead="Waits, runs and rates of the last hour." />
      <ReadingView reading={reading}>
        {(queues) =>
          queues.length === 0 ? (
            <Empty title="No queue yet.">A queue is there as soon as a job or a worker names it.</Empty>
          ) : (
            queues.map((queue) => <QueueCard key={queue.name} queue={queue} />)
          )
        }
      </ReadingView>
    </>
  );
}
