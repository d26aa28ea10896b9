import { BatonError, failure } from '../../../contract/failures.ts';
import { getOwn, isJsonObject } from '../../../contract/json.ts';
import type { ShopDatabase } from '../../retail/shop/database.ts';
import { readerOf } from '../../retail/shop/database.ts';
import { findUserIdByEmail } from '../../retail/shop/find-user-id-by-email.ts';
import { findUserIdByNameZip } from '../../retail/shop/find-user-id-by-name-zip.ts';
import { shopTools } from '../../retail/shop/tools.ts';
import type { Script, Step } from '../../retail/script.ts';
import type { Plannable } from '../fault-plan.ts';
import type { Action, Task } from './folder.ts';

/** The data set's word for a handoff to people: not a tool of the shop. */
const TO_PEOPLE = 'transfer-to-human-agents';

/**
 * Turns the right calls of a task into a script for the team. The policy wants every customer identified first, and
 * many tasks leave that out because it writes nothing: the script then begins with a look-up by the e-mail address
 * that the customer has in the database.
 * @throws BatonError `INPUT_INVALID` for a call that the shop has no tool for
 */
export async function scriptOf(task: Task, database: ShopDatabase): Promise<Script> {
  const steps = task.actions.map((action) => stepOf(task, action));
  const first = steps.findIndex((step) => customerOf(step, database) !== undefined);
  const identified = await findIdentification(steps, database);
  const customer = steps[first] && customerOf(steps[first], database);
  const user = customer === undefined ? undefined : getOwn(database.users, customer);
  // A look-up of an order that does not exist needs a customer too: identify before all of them.
  const needing = steps.findIndex((step) => concernsCustomer(step));
  if (isJsonObject(user) && typeof user['email'] === 'string' && !(identified >= 0 && identified < needing)) {
    const identify: Step = {
      id: 'identification',
      tool: findUserIdByEmail.name,
      arguments: { email: user['email'] },
    };
    steps.splice(Math.max(needing, 0), 0, identify);
  }
  return { id: task.id, reason: task.reason, steps };
}

function stepOf(task: Task, action: Action): Step {
  const tool = action.name.replaceAll('_', '-');
  if (tool !== TO_PEOPLE && !shopTools().some((known) => known.name === tool)) {
    const names = shopTools().map((known) => known.name.replaceAll('-', '_'));
    throw new BatonError(
      failure(
        'INPUT_INVALID',
        `tasks.json: task ${task.id}, action ${action.action_id}: the shop has no tool ${action.name}; ` +
          `it has ${names.join(', ')} and transfer_to_human_agents`,
        'tasks.json',
      ),
    );
  }
  return { id: action.action_id, tool, arguments: action.arguments };
}

/** A script as far as faults care. */
export function plannable(script: Script): Plannable {
  const changes = (tool: string): boolean =>
    shopTools().some((known) => known.name === tool && known.kind === 'change');
  return { id: script.id, steps: script.steps.map(({ id, tool }) => ({ id, changes: changes(tool) })) };
}

/** Position of the first step that finds a customer, or -1. */
async function findIdentification(steps: readonly Step[], database: ShopDatabase): Promise<number> {
  const records = readerOf(database);
  for (const [index, step] of steps.entries()) {
    for (const tool of [findUserIdByEmail, findUserIdByNameZip]) {
      if (step.tool !== tool.name) continue;
      const input = tool.input.safeParse(step.arguments);
      if (!input.success) continue;
      const answer = await tool.answer(records, input.data as never);
      if (answer.kind === 'done') return index;
    }
  }
  return -1;
}

function concernsCustomer(step: Step): boolean {
  return typeof step.arguments['order_id'] === 'string' || typeof step.arguments['user_id'] === 'string';
}

/** The customer a step is about, where the database knows. */
function customerOf(step: Step, database: ShopDatabase): string | undefined {
  const { order_id: orderId, user_id: userId } = step.arguments;
  if (typeof userId === 'string') return Object.hasOwn(database.users, userId) ? userId : undefined;
  if (typeof orderId !== 'string') return undefined;
  const order = getOwn(database.orders, orderId);
  return isJsonObject(order) && typeof order['user_id'] === 'string' ? order['user_id'] : undefined;
}
