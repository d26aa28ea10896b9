import { researchTeam } from '../../../examples/research/research-team.ts';
import {
  rehearse,
  type Rehearsal,
  type RehearsedQuestion,
  type RehearsedTurn,
} from '../../../testing/index.ts';

const library = { papers: { tides: 'The moon pulls.' }, maps: {}, letters: {} };

function open(): { readonly stage: Rehearsal; readonly titles: string[] } {
  const titles: string[] = [];
  const team = researchTeam('research', library, {
    add: (_, title) => titles.push(title),
    remove: (_, title) => titles.splice(titles.indexOf(title), 1),
  });
  return { stage: rehearse(team), titles };
}

const ofMaps = ({ questions }: RehearsedTurn): RehearsedQuestion => {
  const question = questions.find(({ to }) => to === 'maps');
  if (!question) throw new Error('maps is not asked');
  return question;
};

test('the supervisor and one researcher: the topic crosses, and the find comes back and is on the list', async () => {
  const { stage, titles } = open();
  const asked = await stage.turn('supervisor', { says: 'tides' });
  expect(asked.questions.map(({ to, facts }) => [to, facts])).toEqual(
    ['papers', 'maps', 'letters'].map((to) => [to, { topic: 'tides' }]),
  );
  const [papers] = asked.questions;
  if (!papers) throw new Error('papers is not asked');
  expect((await stage.answer(papers)).answer).toMatchObject({ result: { text: 'The moon pulls.' } });
  expect(titles).toEqual(['papers: tides']);
  expect(await stage.answer(ofMaps(asked))).toMatchObject({
    asked: { status: 'failed' },
    answer: { failure: { code: 'ASK_DECLINED' } },
  });
});

test('the supervisor alone: two answers of three make a report', async () => {
  const { stage } = open();
  const asked = await stage.turn('supervisor', { says: 'islands' });
  const answers = asked.questions.map((one) =>
    one.to === 'maps' ? stage.unanswered(one, 'expired') : stage.answered(one, `${one.to} says so.`),
  );
  expect((await stage.goOn(asked, { answers })).turn.intent).toMatchObject({
    outcome: 'reported',
    text: 'papers: papers says so.\nletters: letters says so.\nmaps: nothing',
  });
});

test('with one answer of three there is no report, and what it put on the list is off again', async () => {
  const { stage, titles } = open();
  const asked = await stage.turn('supervisor', { says: 'tides' });
  const answers = [];
  for (const question of asked.questions) answers.push(await stage.answer(question));
  expect(titles).toEqual(['papers: tides']);
  expect((await stage.goOn(asked, { answers })).turn.intent).toMatchObject({ outcome: 'not-enough' });
  expect(titles).toEqual([]);
});
