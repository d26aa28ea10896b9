/**
 * A receiver of Baton's webhooks: `WEBHOOK_SECRET=whsec_... node --import tsx examples/webhook-receiver.ts 9000`.
 * It checks signatures, knows repeats by their id, and puts the events of each case into order.
 */
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { webhookEventSchema } from '../contract/webhooks/event.ts';

const port = Number(process.argv[2] ?? '9000');
const webhook = new Webhook(process.env['WEBHOOK_SECRET'] ?? '');
/** A receiver that must not forget keeps these in its database. */
const seen = new Set<string>();
const last = new Map<string, number>();

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString('utf8');
    const headers = request.headers as Record<string, string>;
    try {
      // The signature is over the bytes that came: verify before parsing.
      webhook.verify(body, headers, { jsonParse: false });
    } catch {
      response.writeHead(401).end();
      return;
    }
    const id = headers['webhook-id'] ?? '';
    const { type, data } = webhookEventSchema().parse(JSON.parse(body));
    if (!seen.has(id)) {
      seen.add(id);
      // Deliveries overtake each other: what is older than the last one known changes no state.
      const isLate = data.seq < (last.get(data.trace) ?? 0);
      if (!isLate) last.set(data.trace, data.seq);
      const codes = JSON.stringify(data.codes);
      process.stdout.write(`${data.caseId} ${String(data.seq)} ${type} ${codes}${isLate ? ' (late)' : ''}\n`);
    }
    response.writeHead(204).end();
  });
}).listen(port, '127.0.0.1', () => {
  process.stdout.write(`listening at http://127.0.0.1:${String(port)}\n`);
});
