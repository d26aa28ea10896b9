import { z } from 'zod';

const Name = z
  .string()
  .max(60)
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'letters, digits and underscores, starting with a letter');

const Slot = z.object({
  name: Name,
  description: z.string().max(500).default(''),
  is_categorical: z.boolean().default(false),
  possible_values: z.array(z.string()).default([]),
});
/** One thing a service wants to know or tells. */
export type Slot = z.output<typeof Slot>;

const Intent = z.object({
  name: Name,
  description: z.string().max(500).default(''),
  is_transactional: z.boolean(),
  required_slots: z.array(Name).default([]),
});
/** One thing a service does: a look-up, or a transaction that changes the world. */
export type Intent = z.output<typeof Intent>;

const Service = z.object({
  service_name: Name,
  description: z.string().max(500).default(''),
  slots: z.array(Slot),
  intents: z.array(Intent).min(1),
});
/** A service in the form of the Schema-Guided Dialogue data set (Rastogi et al. 2020). */
export type Service = z.output<typeof Service>;

const Services = z.array(Service).min(1);

/** Schema of a file of services. */
export function servicesSchema(): typeof Services {
  return Services;
}

/** What the schema alone cannot say: names that clash. */
export function findClashes(services: readonly Service[]): readonly string[] {
  const faults: string[] = [];
  const agents = new Map<string, string>();
  for (const [index, service] of services.entries()) {
    const agent = agentName(service.service_name);
    const other = agents.get(agent);
    if (other !== undefined)
      faults.push(`${String(index)}.service_name: ${service.service_name} and ${other} would be one agent`);
    agents.set(agent, service.service_name);
    const known = service.slots.map((slot) => slot.name);
    for (const [place, name] of known.entries()) {
      if (known.indexOf(name) !== place)
        faults.push(`${String(index)}.slots.${String(place)}.name: ${name} is there twice`);
    }
    const tools = service.intents.map((intent) => toolName(intent.name));
    for (const [place, intent] of service.intents.entries()) {
      if (tools.indexOf(toolName(intent.name)) !== place)
        faults.push(`${String(index)}.intents.${String(place)}.name: ${intent.name} clashes with another`);
      for (const slot of intent.required_slots) {
        if (!known.includes(slot))
          faults.push(
            `${String(index)}.intents.${String(place)}.required_slots: ${slot} is not a slot of ${service.service_name}`,
          );
      }
    }
  }
  return faults;
}

/** The agent that stands for a service: `Services_4` becomes `services-4`. */
export function agentName(service: string): string {
  return service.toLowerCase().replaceAll('_', '-');
}

/** The tool that stands for an intent: `FindProvider` becomes `find-provider`. */
export function toolName(intent: string): string {
  return intent
    .replaceAll('_', '-')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
}
