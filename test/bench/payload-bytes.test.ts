import { fillerFor, payloadBytesOf } from '../../bench/payload-bytes.ts';

const payloads = (bytes: number): { payloads: { data: Uint8Array }[] } => ({
  payloads: [{ data: new Uint8Array(bytes) }],
});

function activity(id: number, type: string, input: number, output: number): object[] {
  return [
    {
      eventId: id,
      activityTaskScheduledEventAttributes: { activityType: { name: type }, input: payloads(input) },
    },
    {
      eventId: id + 1,
      activityTaskCompletedEventAttributes: { scheduledEventId: id, result: payloads(output) },
    },
  ];
}

test('only what agents carry is counted, on average over their turns', () => {
  const events = [
    ...activity(1, 'resolve-team', 10_000, 10_000),
    ...activity(3, 'turn', 100, 10),
    ...activity(5, 'handoff', 300, 30),
    ...activity(7, 'record', 5_000, 5_000),
  ];
  expect(payloadBytesOf({ events })).toEqual({ input: 200, output: 20 });
  expect(payloadBytesOf({ events: [] })).toEqual({ input: 0, output: 0 });
});

test('the filler is what one side has more, and never negative', () => {
  expect(fillerFor({ input: 500, output: 90.4 }, { input: 120, output: 100 })).toEqual({
    input: 380,
    output: 0,
  });
});
