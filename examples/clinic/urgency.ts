/** How soon somebody must be seen. `emergency` is not for an appointment. */
export type Urgency = 'emergency' | 'urgent' | 'routine';

// A few words, to show where the rules of a clinic stand. They are no medical advice and no medical device.
const EMERGENCY = /\b(?:chest pain|cannot breathe|can't breathe|unconscious|heavy bleeding|stroke)\b/i;
const URGENT =
  /\b(?:high fever|fever of (?:39|40)|severe|short of breath|vomiting|worse (?:by|every) hour)\b/i;

/** How soon, by the patient's words. */
export function urgencyOf(words: string): Urgency {
  if (EMERGENCY.test(words)) return 'emergency';
  return URGENT.test(words) ? 'urgent' : 'routine';
}
