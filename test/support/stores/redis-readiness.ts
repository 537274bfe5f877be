import { connect } from 'node:net';

const ANSWER_DEADLINE_MS = 1000;

/**
 * Whether the Redis server with this pid answers on this port. The pid matters: a stranger that took the port in
 * between answers as well. With a password (`--requirepass` of a test) no pid is told, and the refusal has to do.
 */
export function redisAnswers(port: number, pid: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port, timeout: ANSWER_DEADLINE_MS });
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('timeout', () => socket.destroy(new Error(`no answer within ${ANSWER_DEADLINE_MS} ms`)));
    socket.on('close', () => resolve(false));
    socket.on('data', (chunk: string) => {
      answer += chunk;
      if (!answer.startsWith('-NOAUTH') && !answer.includes(`process_id:${pid}\r\n`)) return;
      resolve(true);
      socket.destroy();
    });
    socket.write('INFO server\r\n');
  });
}
